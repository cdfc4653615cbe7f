"""While the record is locked a worker's message is taken all the same, and lies on the record afterwards, once."""

import json
import sqlite3
import time
from pathlib import Path
from typing import Any

from tests.support.app import System, embedded, running
from tests.support.providers import called_by_providers, nothing_waiting, vouched

PREFIX = "/intake/v1"


def sent(system: System, number: int) -> Any:
    body = {"channel": "form", "account": "web", "external_id": f"s-{number}", "text": f"They beat us {number}"}
    return system.channel.post(f"{PREFIX}/messages", body)


def waiting(system: System) -> int:
    return int(system.http.get("/readyz").json()["spooled"]["intake.waiting"])


def test_a_locked_record_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    with running(embedded(tmp_path)) as system:
        (record,) = (path for path in (tmp_path / "intake").glob("*.sqlite") if path.name != "views.sqlite")
        lock = sqlite3.connect(record, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        taken = [sent(system, number) for number in (1, 2, 1)]
        assert [answer.status_code for answer in taken] == [202, 202, 202]
        assert taken[0].json()["receipt"] == taken[2].json()["receipt"]
        assert waiting(system) == 3
        assert 'redress_spooled{state="intake.waiting"} 3.0' in system.admin.get("/metrics").text
        lying = b"".join(path.read_bytes() for path in (tmp_path / "intake" / "spool").iterdir())
        assert b"They beat us" not in lying
        lock.execute("ROLLBACK")
        lock.close()
        nothing_waiting(system)
        again = [sent(system, number) for number in (1, 2)]
        assert [answer.status_code for answer in again] == [200, 200]
        assert [one.json()["message_id"] for one in again] == [one.json()["message_id"] for one in taken[:2]]


IMPATIENT = 5.0
"""Seconds; the record is waited for twice as long, and the least patient provider hangs up after two."""


def recorded(system: System, topic: str) -> int:
    portal = system.http.portal
    assert portal is not None
    facts = portal.call(system.house.stores["intake"].read, 0, 1000)
    return sum(topic == one.event.TOPIC for one in facts)


def test_what_else_providers_send_waits_with_the_messages(tmp_path: Path) -> None:
    events = [
        {"type": "message", "message": {"id": "1", "type": "text", "text": "They beat us"}, "source": {"userId": "u"}},
        {"type": "unsend", "unsend": {"messageId": "1"}, "source": {"userId": "u"}},
        {"type": "messageEdited", "webhookEventId": "e", "message": {"id": "1", "type": "text", "text": "They beat"}},
        {"type": "follow", "webhookEventId": "f"},
    ]
    status = {"entry": [{"changes": [{"value": {"statuses": [{"id": "ours", "status": "read"}]}}]}]}
    deliveries = [("line", json.dumps({"events": events}).encode()), ("whatsapp", json.dumps(status).encode())]
    topics = ("message-received", "message-withdrawn", "message-edited", "payload-quarantined", "delivery-reported")
    with called_by_providers(tmp_path) as system:

        def deliver() -> list[int]:
            sent = [(*vouched(kind, raw), raw) for kind, raw in deliveries]
            return [system.http.post(path, content=raw, headers=dict(told)).status_code for path, told, raw in sent]

        lock = sqlite3.connect(tmp_path / "data" / "intake" / "record.sqlite", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        assert deliver() == [200, 200]
        assert time.monotonic() - begun < IMPATIENT
        assert waiting(system) == 5
        lying = b"".join(path.read_bytes() for path in (tmp_path / "data" / "intake" / "spool").iterdir())
        assert b"They beat" not in lying
        lock.execute("ROLLBACK")
        lock.close()
        nothing_waiting(system)
        assert system.http.get("/readyz").json()["spooled"] == {"intake.waiting": 0, "intake.put-aside": 0}
        for _ in range(2):
            assert [recorded(system, f"intake.{topic}") for topic in topics] == [1] * 5
            assert deliver() == [200, 200]
