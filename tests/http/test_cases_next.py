"""What a case says may be done next is taken, and what it calls closed is refused by that very gate."""

from typing import Any

from services.cases.api import ON_CASES
from services.cases.domain.offering import TRIALS
from tests.http.cases_desk import BRIEF, ROOT, TRIAGE, do, engaged, open_case, refused, send
from tests.support.app import Client, System

ITEM = {"remedy": "RM-DOC", "owner": "Golden Prawn", "due_on": "2030-01-01"}
FEE = {"amount": {"amount": "1", "currency": "USD"}, "from_country": "MM", "to_country": "TH", "paid_on": "2020-01-01"}
PLAN = {"items": [ITEM], "complainant_consulted": True}


def offered(client: Client, case_id: str) -> tuple[set[str], dict[str, str]]:
    answer = client.get(f"{ROOT}/cases/{case_id}/next")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return set(found["open"]), {one["command"]: one["gate"] for one in found["closed"]}


def bodies(case: dict[str, Any], plant: str) -> dict[str, dict[str, Any]]:
    item = {"item_id": case["remedies"][0]["item_id"] if case["remedies"] else plant}
    return {
        "acknowledge": {"channel": "hotline"},
        "triage": TRIAGE,
        "assign": {"assignee": "handler"},
        "feedback": {"channel": "hotline"},
        "hold": {"waits_for": "other", "until": "2027-01-01T00:00:00Z", "reason": "-"},
        "release": {},
        "escalate": {"organisation_id": plant, "level": "employer", "brief": BRIEF},
        "respond": {"organisation_id": plant, "position": "accepted"},
        "plan": PLAN,
        "complete-item": {**item, "evidence": "-"},
        "verify-item": {**item, "outcome": "confirmed"},
        "ask": {"kind": "remedy-arrived", **item},
        "reopen": {"reason": "-"},
        "monitor": {},
        "investigate": {"kind": "internal", "terms": "-", "report_by": "2099-01-01T00:00:00Z"},
        "appeal": {"by": "complainant", "grounds": "-"},
        "check-withdrawal": {"outcome": "free"},
        "join-worker": {"reference": "-"},
        "leave-worker": {"member_id": plant},
        "count-workers": {"workers": 3},
        "name-representative": {"name": "-"},
        "merge": {"survivor_id": plant, "reason": "-"},
        "unmerge": {"reason": "-"},
        "split": {"workers": 1},
        "check-retaliation": {"outcome": "none"},
        "report-fee": FEE,
    }


def hold_to_it(system: System, case_id: str, plant: str) -> None:
    """Try every closed command, then one that is open."""
    case = system.operator.get(f"{ROOT}/cases/{case_id}").json()
    known = bodies(case, plant)
    if not case["consents"]:
        # Which organisation is meant decides between two gates; the case speaks of none yet.
        del known["escalate"]
    open_now, closed = offered(system.operator, case_id)
    assert open_now | set(closed) == set(TRIALS)
    for command in known.keys() & closed.keys():
        refused(send(system.operator, case_id, command, **known[command]), closed[command])


def test_what_is_closed_is_refused_by_the_gate_that_was_named_all_through_a_life(system: System) -> None:
    case_id, plant = engaged(system)
    fresh = open_case(system.operator)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("respond", {"organisation_id": plant, "position": "accepted"}),
        ("hold", {"waits_for": "other", "until": "2027-01-01T00:00:00Z", "reason": "-"}),
        ("release", {}),
        ("plan", PLAN),
    ]
    hold_to_it(system, fresh, plant)
    hold_to_it(system, case_id, plant)
    for command, body in steps:
        assert command in offered(system.operator, case_id)[0]
        do(system.operator, case_id, command, **body)
        hold_to_it(system, case_id, plant)
    item = system.operator.get(f"{ROOT}/cases/{case_id}").json()["remedies"][0]["item_id"]
    do(system.operator, case_id, "complete-item", item_id=item, evidence="-")
    hold_to_it(system, case_id, plant)
    assert "verify-item" in offered(system.colleague, case_id)[0]
    do(system.colleague, case_id, "verify-item", item_id=item, outcome="confirmed")
    assert offered(system.operator, case_id)[1]["close"] == "four-eyes"
    assert "close" in offered(system.supervisor, case_id)[0]
    do(system.supervisor, case_id, "close", reason="remedied", explanation="-")
    hold_to_it(system, case_id, plant)
    beside = {"link", "unlink", "report-retaliation", "check-retaliation"}
    assert offered(system.operator, case_id)[0] == {"note", "reopen", "attempt-contact", "appeal", *beside}


def test_a_merged_case_offers_to_be_parted_and_workers_join_the_one_that_goes_on(system: System) -> None:
    case_id, survivor = open_case(system.operator), open_case(system.operator)
    assert offered(system.operator, survivor)[1]["unmerge"] == "merged"
    assert {"join-worker", "merge", "split"} <= offered(system.operator, case_id)[0]
    do(system.operator, case_id, "merge", survivor_id=survivor, reason="-")
    open_now, shut = offered(system.operator, case_id)
    assert "unmerge" in open_now
    assert {shut[one] for one in ("join-worker", "leave-worker", "merge", "split", "report-fee")} == {"case-stands"}
    hold_to_it(system, case_id, survivor)
    assert "join-worker" in offered(system.operator, survivor)[0]
    assert offered(system.supervisor, survivor)[1]["release-disclosure"] == "resting"


def test_who_may_only_read_is_told_that_it_is_their_role(system: System) -> None:
    case_id = open_case(system.operator)
    open_now, closed = offered(system.auditor, case_id)
    assert open_now == set()
    assert closed["triage"] == "role"


def test_only_commands_that_there_are_are_offered() -> None:
    assert set(TRIALS) <= {route.path for route in ON_CASES}
