"""The inbox over HTTP: listed, read, decided on."""

from itertools import count
from typing import Any

import pytest

from tests.support.app import System

REPORTS = "/intake/v1/reports"
_numbers = count(1)


def a_report(system: System, **changes: object) -> str:
    body = {"channel": "form", "account": "web", "external_id": f"r-{next(_numbers)}", "text": "help", **changes}
    taken = system.channel.post("/intake/v1/messages", body).json()
    shown = system.operator.get(f"/intake/v1/messages/{taken['message_id']}", wait=taken["position"]).json()
    return str(shown["report_id"])


def decide(system: System, report_id: str, decision: str, body: dict[str, Any], **options: Any) -> Any:
    return system.operator.post(f"{REPORTS}/{report_id}/{decision}", body, **options)


def test_an_accepted_report_becomes_a_case(system: System) -> None:
    report_id = a_report(system, language="my", grievance={"issues": ["DOC-RET"], "country": "TH", "workers": 3})
    accepted = decide(system, report_id, "accept", {"summary": "passports kept"})
    assert accepted.status_code == 200
    case_id, position = accepted.json()["case_id"], accepted.json()["position"]
    case = system.operator.get(f"/cases/v1/cases/{case_id}", wait=position).json()
    assert (case["state"], case["channel"], case["language"]) == ("received", "form", "my")
    assert system.operator.get(REPORTS, wait=position, state="accepted").json()["items"][0]["case_id"] == case_id


def test_a_report_is_decided_on_once(system: System) -> None:
    report_id = a_report(system)
    assert decide(system, report_id, "dismiss", {"reason": "spam"}).status_code == 200
    again = decide(system, report_id, "accept", {})
    assert again.status_code == 409
    assert again.json()["gate"] == "report-open"
    assert again.json()["opens"]


def test_a_repeated_decision_with_its_key_answers_as_the_first_time(system: System) -> None:
    report_id = a_report(system)
    key = {"Idempotency-Key": "accept-once"}
    first = decide(system, report_id, "accept", {}, headers=key)
    again = decide(system, report_id, "accept", {}, headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    other = decide(system, report_id, "accept", {"workers": 2}, headers=key)
    assert other.status_code == 422


def test_a_decision_on_an_old_version_is_refused(system: System) -> None:
    report_id = a_report(system)
    stale = decide(system, report_id, "dismiss", {"reason": "spam"}, headers={"If-Match": '"9"'})
    assert stale.status_code == 409
    assert stale.json()["type"].endswith("version-mismatch")
    fresh = decide(system, report_id, "dismiss", {"reason": "spam"}, headers={"If-Match": '"1"'})
    assert fresh.status_code == 200
    assert fresh.headers["ETag"] == '"2"'


def test_a_new_message_after_the_decision_opens_a_new_report(system: System) -> None:
    first = a_report(system, sender="mon")
    decide(system, first, "dismiss", {"reason": "no-grievance"})
    assert a_report(system, sender="mon") != first


def test_pages_follow_each_other_without_gap_or_overlap(system: System) -> None:
    made = {a_report(system, country="NP") for _ in range(5)}
    seen: list[str] = []
    query: dict[str, Any] = {"country": "NP", "limit": 2}
    while True:
        page = system.operator.get(REPORTS, **query).json()
        assert page["total"] == 5
        seen += [item["report_id"] for item in page["items"]]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert (len(seen), set(seen)) == (5, made)


@pytest.mark.parametrize("query", [{"colour": "red"}, {"state": "maybe"}, {"limit": 0}, {"after": "?"}])
def test_unknown_filters_and_values_are_refused(system: System, query: dict[str, Any]) -> None:
    assert system.operator.get(REPORTS, **query).status_code == 422


def test_a_channel_sees_no_reports(system: System) -> None:
    assert system.channel.get(REPORTS).status_code == 403


def test_what_does_not_exist_is_not_found(system: System) -> None:
    nothing = "00000000-0000-0000-0000-000000000000"
    assert system.operator.get(f"{REPORTS}/{nothing}").status_code == 404
    assert decide(system, nothing, "accept", {}).status_code == 404
