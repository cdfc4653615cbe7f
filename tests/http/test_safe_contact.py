"""How it is safe to reach somebody can be said and changed at any time, and notify keeps to the last word."""

import time
from typing import Any
from uuid import UUID

from shared.cli.notifying import previewed
from tests.support.app import System

MAIL = {"channel": "email", "address": "aye@example.org", "language": "th"}
WORD = "Is the blue umbrella there?"


def opened(system: System, contact: dict[str, Any] | None) -> str:
    body = {"channel": "hotline", "language": "th"} | ({"safe_contact": contact} if contact else {})
    case_id: str = system.operator.post("/cases/v1/cases", body).json()["case_id"]
    return case_id


def said(system: System, case_id: str, contact: dict[str, Any] | None) -> Any:
    return system.operator.post(f"/cases/v1/cases/{case_id}/safe-contact", {"safe_contact": contact})


def told(system: System, case_id: str) -> dict[str, Any]:
    answer = system.operator.post(f"/cases/v1/cases/{case_id}/acknowledge", {"channel": "hotline"})
    assert answer.status_code == 200, answer.text
    page = system.operator.get("/notify/v1/notifications", wait=answer.json()["position"], case_id=case_id).json()
    (item,) = page["items"]
    one: dict[str, Any] = item
    return one


def test_a_contact_said_later_is_used_and_shown(system: System) -> None:
    case_id = opened(system, None)
    assert said(system, case_id, MAIL).status_code == 200
    assert told(system, case_id)["channel"] == "email"
    shown = system.operator.get(f"/cases/v1/cases/{case_id}").json()
    assert (shown["safe_contact"]["channel"], shown["safe_contact"]["address"]) == ("email", "*******")


def test_what_a_machine_may_not_send_waits_for_a_person(system: System) -> None:
    case_id = opened(system, MAIL)
    said(system, case_id, MAIL | {"automatic": False})
    item = told(system, case_id)
    assert (item["state"], item["reason"], item["person"]) == ("suppressed", "person-only", True)
    waiting = system.operator.get("/notify/v1/notifications", person="true", case_id=case_id).json()
    assert waiting["total"] == 1


def test_what_waits_for_a_safe_hour_is_held_back_when_the_contact_is_taken_back(system: System) -> None:
    far = {"start": "00:00", "end": "00:10", "days": [(time.gmtime().tm_wday + 3) % 7 + 1]}
    case_id = opened(system, MAIL | {"zone": "UTC", "hours": [far]})
    item = told(system, case_id)
    assert item["state"] == "queued"
    assert item["due_at"] > item["created_at"]


def test_the_code_word_is_compared_and_kept_nowhere_in_the_clear(system: System) -> None:
    case_id = opened(system, MAIL | {"code_word": WORD})
    path = f"/cases/v1/cases/{case_id}/try-code-word"
    assert system.operator.post(path, {"word": "Is the red umbrella there?"}).json()["matched"] is False
    assert system.operator.post(path, {"word": "is the  BLUE umbrella there?"}).json()["matched"] is True
    assert "umbrella" not in system.operator.get(f"/cases/v1/cases/{case_id}/events").text
    assert (
        "umbrella"
        not in system.operator.get(f"/cases/v1/cases/{case_id}", headers={"Redress-Purpose": "case-handling"}).text
    )


def test_hours_without_a_zone_are_refused_and_so_is_a_zone_that_is_none(system: System) -> None:
    case_id = opened(system, None)
    hours = [{"start": "19:00", "end": "21:00"}]
    for wrong in ({"hours": hours}, {"zone": "Mars/Olympus"}, {"zone": "UTC", "hours": [{"start": "9", "end": "10"}]}):
        assert said(system, case_id, MAIL | wrong).status_code == 422


def test_a_person_says_once_how_they_saw_to_what_no_machine_may_send(system: System) -> None:
    case_id = opened(system, MAIL | {"automatic": False})
    item = told(system, case_id)
    path = f"/notify/v1/notifications/{item['notification_id']}/see-to"
    done = system.operator.post(path, {"outcome": "told"})
    assert done.status_code == 200, done.text
    page = system.operator.get("/notify/v1/notifications", wait=done.json()["position"], case_id=case_id).json()
    assert [(one["person"], one["seen_to"]) for one in page["items"]] == [(False, "told")]
    assert system.operator.post(path, {"outcome": "told"}).status_code == 409


async def test_a_preview_says_what_each_rule_would_tell_and_why_not(system: System) -> None:
    case_id = opened(system, MAIL | {"do_not_contact": True})
    answer = system.operator.get("/notify/v1/notifications", wait=told_position(system, case_id), case_id=case_id)
    assert answer.status_code == 200
    preview = system.house.services["notify"].application.preview
    lines = list(await previewed(preview, await system.house.stores["cases"].stream(UUID(case_id))))
    assert "cases.case-closed -> complainant, closure: silence, do-not-contact" in lines
    assert "cases.glass-broken -> supervisor, break-glass: silence, no-contact" in lines


def told_position(system: System, case_id: str) -> str:
    answer = system.operator.post(f"/cases/v1/cases/{case_id}/acknowledge", {"channel": "hotline"})
    position: str = answer.json()["position"]
    return position
