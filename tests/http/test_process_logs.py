"""Real logs of work replayed through the API: what was late, what came back and how long it took, as the log says."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import pytest

from tests.http.cases_desk import ROOT, TRIAGE, do, open_case
from tests.http.process_logs import Incident, Permit, incidents, permits
from tests.support.app import System, embedded, running

pytestmark = pytest.mark.real_input

T = TypeVar("T")
EVERY = 1 if os.environ.get("REDRESS_WHOLE_LOGS") else 6
"""Every sixth matter is enough to find a fault; the whole logs take minutes."""


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    with running(embedded(tmp_path)) as started:
        yield started


def some(matters: Sequence[T]) -> Sequence[T]:
    return matters[::EVERY]


def states(system: System, case_id: str) -> Iterator[tuple[str, bool]]:
    for clock in system.operator.get(f"{ROOT}/cases/{case_id}/clocks").json()["items"]:
        if clock["met_at"] is not None:
            yield clock["duty"], datetime.fromisoformat(clock["met_at"]) > datetime.fromisoformat(clock["due_at"])


def receipt(system: System, permit: Permit, confirmed: datetime) -> str:
    """Take an application in, and confirm that it came."""
    case_id = open_case(system.operator, occurred_at=permit.begun.isoformat())
    do(system.operator, case_id, "acknowledge", channel="hotline", occurred_at=confirmed.isoformat())
    return case_id


def handled(system: System, permit: Permit, deadline: datetime, ended: datetime) -> str:
    """Have an application looked into until its own deadline."""
    office, started = system.operator, permit.started.isoformat()
    case_id = open_case(office, occurred_at=started)
    do(office, case_id, "triage", **TRIAGE, occurred_at=started)
    terms = {"kind": "internal", "terms": "As applied for.", "report_by": deadline.isoformat()}
    do(office, case_id, "investigate", **terms, occurred_at=started)
    (opened,) = office.get(f"{ROOT}/cases/{case_id}").json()["investigations"]
    found = {"investigation_id": opened["investigation_id"], "finding": "substantiated", "report": "-"}
    do(office, case_id, "report-investigation", **found, occurred_at=ended.isoformat())
    return case_id


def test_permits_confirmed_or_decided_late_are_late_here(system: System) -> None:
    every = permits()
    chosen = some(every)
    late: Counter[str] = Counter()
    for permit in chosen:
        cases = [receipt(system, permit, permit.confirmed)] if permit.confirmed else []
        if permit.deadline and permit.ended:
            cases.append(handled(system, permit, permit.deadline, permit.ended))
        late.update(duty for case_id in cases for duty, was_late in states(system, case_id) if was_late)
    assert late["acknowledge"] == sum(permit.confirmed_late for permit in chosen)
    assert late["investigate"] == sum(permit.ended_late for permit in chosen)
    assert (sum(one.confirmed_late for one in every), sum(one.ended_late for one in every)) == (159, 377)


def life(system: System, incident: Incident) -> str:
    """Take an incident through its closures and returns."""
    case_id = open_case(system.operator, occurred_at=incident.opened.isoformat())
    position = ""
    for at, closes in incident.turns:
        when = {"occurred_at": at.isoformat()}
        if closes:
            ending: dict[str, Any] = {"reason": "referred", "explanation": "-"}
            position = str(do(system.supervisor, case_id, "close", **ending, **when)["position"])
        else:
            do(system.operator, case_id, "reopen", reason="-", **when)
    return position


def figure(system: System, name: str, position: str, period: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    answer = system.auditor.get(f"/reporting/v1/reports/{name}", wait=position, headers=None, **period)
    assert answer.status_code == 200, answer.text
    rows: Sequence[Mapping[str, Any]] = answer.json()["rows"]
    return rows


def test_incidents_come_back_as_often_and_take_as_long_as_the_log_says(system: System) -> None:
    every = incidents()
    chosen = some(every)
    for incident in chosen:
        position = life(system, incident)
    past = {"from": "2000-01-01T00:00:00Z", "to": "2030-01-01T00:00:00Z"}
    again = figure(system, "reopening", position, past)
    (took,) = figure(system, "time-to-close", position, past)
    counted = sum(row["ever_closed"] for row in again), sum(row["opened_again"] for row in again)
    assert counted == (len(chosen), sum(one.reopened for one in chosen))
    assert float(took["median_days"]) == median(one.days for one in chosen)
    assert (len(every), sum(one.reopened for one in every)) == (1487, 58)
