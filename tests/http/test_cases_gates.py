"""Every gate of the procedure, closed and opened, over HTTP; a refused command leaves no fact."""

from typing import Any

import pytest

from shared.ids import new_id
from shared.rights import Role
from tests.http.cases_desk import BRIEF, ROOT, TRIAGE, do, engaged, open_case, planned, refused, register, send, show
from tests.support.app import Client, System

NOWHERE = str(new_id())
THB = {"amount": "5000.00", "currency": "THB"}


def test_acknowledging_needs_a_safe_channel_or_a_reason(system: System) -> None:
    case_id = open_case(system.operator)
    refused(send(system.operator, case_id, "acknowledge"), "safe-channel")
    assert show(system.operator, case_id)["version"] == 1
    do(system.operator, case_id, "acknowledge", no_safe_channel_because="An unsigned letter.")
    assert show(system.operator, case_id)["state"] == "acknowledged"


def test_another_severity_than_the_default_needs_a_reason(system: System) -> None:
    case_id = open_case(system.operator)
    refused(send(system.operator, case_id, "triage", **TRIAGE, severity="S1"), "severity-reason")
    do(system.operator, case_id, "triage", **TRIAGE, severity="S1", severity_reason="Threats.")
    assert show(system.operator, case_id)["severity"] == "S1"


@pytest.mark.parametrize("missing", ["danger_now", "admissible", "admissibility_reason", "issues"])
def test_a_triage_leaves_nothing_out(system: System, missing: str) -> None:
    case_id = open_case(system.operator)
    body = {name: value for name, value in TRIAGE.items() if name != missing}
    answer = send(system.operator, case_id, "triage", **body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, f"body.{missing}")


def test_nothing_is_disclosed_without_consent_for_that_organisation(system: System) -> None:
    office, case_id = system.operator, open_case(system.operator)
    plant, other = register(office), register(office)
    escalation: dict[str, Any] = {"organisation_id": plant, "level": "employer", "brief": BRIEF}
    refused(send(office, case_id, "escalate", **escalation), "consent")
    do(office, case_id, "consent", recipient=other, purpose="disclose-facts")
    refused(send(office, case_id, "escalate", **escalation), "consent")
    do(office, case_id, "consent", recipient=plant, purpose="disclose-facts")
    do(office, case_id, "withdraw-consent", recipient=plant, purpose="disclose-facts")
    refused(send(office, case_id, "escalate", **escalation), "consent")
    do(office, case_id, "consent", recipient=plant, purpose="disclose-identity")
    do(office, case_id, "escalate", **escalation)


def test_only_registered_organisations_are_named_consented_to_and_escalated_to(system: System) -> None:
    case_id = open_case(system.operator)
    for command, body in {
        "consent": {"recipient": NOWHERE, "purpose": "disclose-facts"},
        "name-respondent": {"organisation_id": NOWHERE, "role": "employer"},
        "escalate": {"organisation_id": NOWHERE, "level": "employer", "brief": BRIEF},
    }.items():
        refused(send(system.operator, case_id, command, **body), "registered-organisation")


def test_a_brief_never_tells_who_complained(system: System) -> None:
    case_id = open_case(system.operator, complainant={"name": "Aye Aye Mon"})
    plant = register(system.operator)
    do(system.operator, case_id, "consent", recipient=plant, purpose="disclose-facts")
    body = {"organisation_id": plant, "level": "employer", "brief": "AYE AYE MON paid a fee."}
    answer = send(system.operator, case_id, "escalate", **body)
    refused(answer, "brief-without-person")
    assert "aye" not in answer.text.casefold()


def test_the_level_rises_one_step_at_a_time(system: System) -> None:
    case_id, plant = engaged(system)
    body = {"organisation_id": plant, "level": "authority", "brief": BRIEF}
    refused(send(system.operator, case_id, "escalate", **body), "escalation-level")
    do(system.operator, case_id, "escalate", **body, level_reason="The buyer has left.")
    assert show(system.operator, case_id)["level"] == "authority"


def test_what_is_not_admissible_does_not_go_out(system: System) -> None:
    case_id, plant = engaged(system)
    do(system.operator, case_id, "triage", **{**TRIAGE, "admissible": False})
    body = {"organisation_id": plant, "level": "employer", "brief": BRIEF}
    refused(send(system.operator, case_id, "escalate", **body), "admissible")


def test_only_an_escalated_party_answers(system: System) -> None:
    case_id, _ = engaged(system)
    stranger = register(system.operator)
    refused(send(system.operator, case_id, "respond", organisation_id=stranger, position="accepted"), "open-escalation")


def test_a_plan_needs_the_complainant(system: System) -> None:
    case_id = open_case(system.operator)
    items = [{"remedy": "RM-DOC", "owner": "plant", "due_on": "2026-04-30"}]
    refused(send(system.operator, case_id, "plan", items=items, complainant_consulted=False), "complainant-consulted")
    do(system.operator, case_id, "plan", items=items, complainant_consulted=True)


def test_only_a_promised_item_is_reported_and_in_its_own_currency(system: System) -> None:
    case_id, item_id = planned(system)
    office = system.operator
    refused(send(office, case_id, "complete-item", item_id=NOWHERE, evidence="receipt", paid=THB), "item-known")
    for paid in ({"amount": "10", "currency": "USD"}, {"amount": "0", "currency": "THB"}, None):
        answer = send(office, case_id, "complete-item", item_id=item_id, evidence="receipt", paid=paid)
        assert (answer.status_code, answer.json()["field"]) == (422, "paid")
    do(office, case_id, "complete-item", item_id=item_id, evidence="receipt", paid=THB)
    refused(send(office, case_id, "complete-item", item_id=item_id, evidence="receipt", paid=THB), "item-open")


def test_a_remedy_is_verified_by_another_person_and_only_once_it_is_reported(system: System) -> None:
    case_id, item_id = planned(system)
    word = {"item_id": item_id, "outcome": "confirmed"}
    refused(send(system.colleague, case_id, "verify-item", **word), "item-completed")
    do(system.operator, case_id, "complete-item", item_id=item_id, evidence="receipt", paid=THB)
    refused(send(system.operator, case_id, "verify-item", **word), "four-eyes")
    gave_up = {"item_id": item_id, "outcome": "attempts_failed"}
    refused(send(system.colleague, case_id, "verify-item", **gave_up), "attempts")
    do(system.colleague, case_id, "verify-item", item_id=item_id, outcome="refuted")
    assert show(system.operator, case_id)["remedies"][0]["status"] == "refuted"


def test_a_case_is_remedied_only_with_every_item_verified(system: System) -> None:
    case_id, _ = planned(system)
    ending = {"reason": "remedied", "explanation": "Repaid."}
    refused(send(system.supervisor, case_id, "close", **ending), "items-verified")


def test_the_handler_never_closes_alone(system: System) -> None:
    case_id = open_case(system.operator)
    ending = {"reason": "unremedied", "explanation": "Nobody acted."}
    do(system.operator, case_id, "triage", **TRIAGE)
    refused(send(system.operator, case_id, "close", **ending), "four-eyes")
    do(system.operator, case_id, "assign", assignee="colleague")
    refused(send(system.colleague, case_id, "close", **ending), "four-eyes")
    do(system.operator, case_id, "close", **ending)


def test_the_handler_never_asks_how_content_the_complainant_is(system: System) -> None:
    case_id = open_case(system.operator)
    do(system.operator, case_id, "assign", assignee="colleague")
    refused(send(system.colleague, case_id, "satisfaction", stars=5), "asked-by-another")
    do(system.operator, case_id, "satisfaction", stars=2)


def test_nobody_is_unreachable_before_three_attempts_and_a_duplicate_names_the_other_case(system: System) -> None:
    case_id, survivor = open_case(system.operator), open_case(system.operator)
    ending = {"reason": "unreachable", "explanation": "No answer."}
    refused(send(system.supervisor, case_id, "close", **ending), "attempts")
    twin = {"reason": "duplicate", "explanation": "The same grievance."}
    for words in ({}, {"surviving_case_id": case_id}, {"surviving_case_id": NOWHERE}):
        answer = send(system.supervisor, case_id, "close", **twin, **words)
        assert (answer.status_code, answer.json()["field"]) == (422, "surviving_case_id")
    do(system.supervisor, case_id, "close", **twin, surviving_case_id=survivor)


def test_a_closed_case_takes_notes_withdrawal_and_reopening_and_nothing_else(system: System) -> None:
    case_id, plant = engaged(system)
    do(system.supervisor, case_id, "close", reason="referred", explanation="Taken by the inspectorate.")
    item = {"remedy": "RM-DOC", "owner": "plant", "due_on": "2026-04-30"}
    bodies: dict[str, dict[str, Any]] = {
        "acknowledge": {"channel": "hotline"},
        "triage": TRIAGE,
        "assign": {"assignee": "colleague"},
        "consent": {"recipient": plant, "purpose": "disclose-identity"},
        "name-respondent": {"organisation_id": plant, "role": "brand"},
        "escalate": {"organisation_id": plant, "level": "employer", "brief": BRIEF},
        "respond": {"organisation_id": plant, "position": "accepted"},
        "plan": {"items": [item], "complainant_consulted": True},
        "complete-item": {"item_id": NOWHERE, "evidence": "photo"},
        "verify-item": {"item_id": NOWHERE, "outcome": "confirmed"},
        "close": {"reason": "withdrawn", "explanation": "Again."},
    }
    version = show(system.operator, case_id)["version"]
    for command, body in bodies.items():
        refused(send(system.supervisor, case_id, command, **body), "case-open")
    assert show(system.operator, case_id)["version"] == version
    do(system.operator, case_id, "note", text="The inspectorate called.")
    do(system.operator, case_id, "withdraw-consent", recipient=plant, purpose="disclose-facts")
    do(system.operator, case_id, "reopen", reason="They gave it back.")
    refused(send(system.operator, case_id, "reopen", reason="Twice."), "case-closed")


def test_an_unknown_case_is_not_found(system: System) -> None:
    assert send(system.operator, NOWHERE, "note", text="Hello?").status_code == 404
    assert system.operator.get(f"{ROOT}/cases/{NOWHERE}").status_code == 404
    assert system.operator.get(f"{ROOT}/cases/{NOWHERE}/events").status_code == 404
    assert system.operator.get(f"{ROOT}/organisations/{NOWHERE}").status_code == 404
    plant = register(system.operator)
    assert system.operator.get(f"{ROOT}/cases/{plant}").status_code == 404
    assert send(system.operator, plant, "note", text="Hello?").status_code == 404


def test_only_the_office_acts_and_channels_and_strangers_read_nothing(system: System) -> None:
    case_id = open_case(system.operator)
    writers: list[tuple[Client, int]] = [(system.auditor, 403), (system.channel, 403), (system.nobody, 401)]
    for client, status in writers:
        assert send(client, case_id, "note", text="Hello.").status_code == status
        assert client.post(f"{ROOT}/cases", {"channel": "a", "language": "en"}).status_code == status
        assert client.post(f"{ROOT}/organisations", {"name": "a", "kind": "union"}).status_code == status
    for path in ("/cases", f"/cases/{case_id}", f"/cases/{case_id}/events", "/organisations"):
        assert system.auditor.get(f"{ROOT}{path}").status_code == 200
        assert system.channel.get(f"{ROOT}{path}").status_code == 403
        assert system.nobody.get(f"{ROOT}{path}").status_code == 401


def test_a_gate_is_passed_by_who_has_the_right_and_the_reason_stands_on_record(system: System) -> None:
    case_id = open_case(system.operator)
    ending = {"reason": "unreachable", "explanation": "No answer."}
    wish = {"gate": "attempts", "reason": "The worker is known to have left the country."}
    answer = send(system.supervisor, case_id, "close", **ending, override=wish)
    assert answer.status_code == 403, answer.text
    entitled = system.client(Role.SUPERVISOR, may_override=True)
    refused(send(entitled, case_id, "close", **ending, override=wish | {"gate": "four-eyes"}), "attempts")
    answer = send(entitled, case_id, "close", **ending, override=wish | {"gate": "consent"})
    assert (answer.status_code, answer.json()["field"]) == (422, "override.gate")
    do(entitled, case_id, "close", **ending, override=wish)
    case = show(system.operator, case_id)
    assert case["state"] == "closed"
    assert [one["gate"] for one in case["overridden"]] == ["attempts"]


def test_a_case_that_was_appealed_is_decided_by_another_reviewer(system: System) -> None:
    case_id = open_case(system.operator)
    do(system.operator, case_id, "triage", **TRIAGE)
    do(system.supervisor, case_id, "close", reason="unsubstantiated", explanation="Nothing was found.")
    do(system.operator, case_id, "appeal", by="complainant", grounds="Nobody spoke with my colleagues.")
    assert show(system.operator, case_id)["state"] == "appealed"
    refused(send(system.operator, case_id, "acknowledge", channel="hotline"), "appeal-decided")
    verdict = {"outcome": "upheld", "reason": "Three witnesses were never asked."}
    refused(send(system.supervisor, case_id, "decide-appeal", **verdict), "another-reviewer")
    do(system.client(Role.SUPERVISOR), case_id, "decide-appeal", **verdict)
    case = show(system.operator, case_id)
    assert (case["state"], case["appeals"][0]["outcome"]) == ("reopened", "upheld")


def test_who_is_tried_on_three_days_in_vain_counts_as_unreachable(system: System) -> None:
    case_id = open_case(system.operator)
    ending = {"reason": "unreachable", "explanation": "No answer."}
    for day in ("02", "03"):
        do(system.operator, case_id, "attempt-contact", channel="hotline", outcome="not-reached", occurred_at=at(day))
        do(system.operator, case_id, "attempt-contact", channel="hotline", outcome="not-reached", occurred_at=at(day))
    refused(send(system.supervisor, case_id, "close", **ending), "attempts")
    do(system.operator, case_id, "attempt-contact", channel="hotline", outcome="not-reached", occurred_at=at("04"))
    do(system.supervisor, case_id, "close", **ending)
    assert show(system.operator, case_id)["closures"][0]["attempts"] == 3


def test_a_case_waits_for_consent_until_the_complainant_answers(system: System) -> None:
    office, case_id = system.operator, open_case(system.operator)
    plant = register(office)
    do(office, case_id, "triage", **TRIAGE)
    wish = {"recipient": plant, "purpose": "disclose-facts"}
    position = do(office, case_id, "request-consent", **wish)["position"]
    waiting = office.get(f"{ROOT}/cases", queue="waiting-worker", wait=position).json()
    assert show(office, case_id)["state"] == "consent_pending"
    assert case_id in {one["case_id"] for one in waiting["items"]}
    do(office, case_id, "decline-consent", **wish, reason="Afraid for a brother there.")
    assert show(office, case_id)["state"] == "assessing"


def at(day: str) -> str:
    return f"2026-03-{day}T09:00:00+07:00"
