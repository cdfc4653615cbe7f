"""Hints stand beside a report before anybody has read it; danger is told at once; the inbox says how much waits."""

import time
from itertools import count
from typing import Any
from uuid import UUID

from shared.eventstore.store import EventStore
from tests.support.app import System

PREFIX = "/intake/v1"
_numbers = count(1)


def sent(system: System, text: str, **more: Any) -> tuple[str, str]:
    """Send a message; return its report and its position."""
    body = {"channel": "line", "account": "page", "external_id": f"h-{next(_numbers)}", "text": text, **more}
    taken = system.channel.post(f"{PREFIX}/messages", body).json()
    shown = system.operator.get(f"{PREFIX}/messages/{taken['message_id']}", wait=taken["position"]).json()
    return shown["report_id"], taken["position"]


def test_hints_are_masked_like_the_words_they_come_from(system: System) -> None:
    report_id, _ = sent(system, "นายจ้างยึดพาสปอร์ต")
    path = f"{PREFIX}/reports/{report_id}"
    masked = system.operator.get(path).json()
    assert (masked["suggested"], masked["suggested_severity"], masked["danger_now"]) == (["DOC-RET"], "S2", False)
    assert masked["messages"][0]["language"] == "th"
    assert "ยึดพาสปอร์ต" not in str(masked)
    opened = system.operator.get(path, headers={"Redress-Purpose": "handling"}).json()
    (hint,) = opened["messages"][0]["hints"]["issues"]
    assert hint == {"code": "DOC-RET", "words": "ยึดพาสปอร์ต"}
    assert masked["issues"] == [], "nothing but a person decides"


async def test_danger_is_told_once_for_a_report(system: System) -> None:
    report_id, _ = sent(system, "Help, they locked us in", sender="s-1")
    again, position = sent(system, "they beat us", sender="s-1")
    assert again == report_id
    found = system.operator.get(f"{PREFIX}/reports", wait=position, danger_now="true").json()
    assert report_id in {one["report_id"] for one in found["items"]}
    store: EventStore = system.house.stores["intake"]
    topics = [fact.envelope.type for fact in await store.stream(UUID(report_id))]
    assert topics.count("intake.crisis-hinted") == 1


def test_the_inbox_says_how_much_waits_and_since_when(system: System) -> None:
    before = system.operator.get(f"{PREFIX}/inbox").json()["channels"].get("viber", {"open": 0})
    _, position = sent(system, "thank you", channel="viber", occurred_at="2026-01-01T00:00:00Z")
    counted = system.operator.get(f"{PREFIX}/inbox", wait=position).json()["channels"]["viber"]
    assert counted["open"] == before["open"] + 1
    assert counted["older_than_7_days"] == 1
    assert counted["oldest_age_seconds"] > 7 * 86_400
    assert counted["danger_now"] == 0


def test_danger_in_a_message_is_told_to_the_supervisors_before_anybody_read_it(system: System) -> None:
    report_id, _ = sent(system, "Help, they locked us in", sender="s-9")
    items: list[dict[str, Any]] = []
    deadline = time.monotonic() + 10
    while not items and time.monotonic() < deadline:
        page = system.admin.get("/notify/v1/notifications", case_id=report_id).json()
        items = page["items"]
        time.sleep(0.05)
    assert [(item["occasion"], item["audience"], item["reason"]) for item in items] == [
        ("crisis", "supervisor", "no-contact")
    ]
