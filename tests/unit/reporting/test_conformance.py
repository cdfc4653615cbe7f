"""What broke the rules of the day: each rule is named at the fact that broke it, and a right course breaks none."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings

from services.reporting.projections import CASE_FACTS
from services.reporting.views.conformance import Breach, breaches
from services.reporting.views.histories import states
from services.reporting.views.trails import Entry, entry_of
from shared.events import cases
from shared.events.envelope import Actor, Event
from tests.unit.reporting.lives import START, Life, Log, hour, lives, tell

CASE, PARTY, ITEM, ASKED = (UUID(int=number) for number in (1, 2, 3, 4))
OPENED = cases.CaseOpened(number="R-1", channel="line", language="my", acknowledge_by=hour(3))
TOLD = cases.CaseAcknowledged(channel="line")
TRIAGED = cases.CaseTriaged(
    issues=("REC-FEE",), severity="S2", admissible=True, admissibility_reason="in scope", danger_now=False
)
CONSENT = cases.ConsentRecorded(
    recipient=str(PARTY), purpose="disclose-facts", obtained_by="o", obtained_from="individual"
)
ESCALATED = cases.CaseEscalated(
    escalation_id=ASKED, organisation_id=PARTY, name="Plant", level="employer", brief="…", answer_by=hour(20)
)
ANSWER = cases.EmployerResponseRecorded(escalation_id=ASKED, organisation_id=PARTY, position="accepted", text="yes")
PLAN = cases.RemedyPlanAgreed(
    items=(cases.RemedyItem(item_id=ITEM, remedy="RM-FEE", owner="plant", due_on=START.date() + timedelta(days=9)),),
    complainant_consulted=True,
)
PAID = cases.RemedyItemCompleted(item_id=ITEM, complete=True, evidence="a slip")
VERIFIED = cases.RemedyItemVerified(item_id=ITEM, method="worker-confirmed")
CLOSED = cases.CaseClosed(reason="remedied", explanation="done")
RIGHT: tuple[tuple[str, Event], ...] = (
    ("an", OPENED),
    ("an", TOLD),
    ("an", TRIAGED),
    ("an", cases.CaseAssigned(assignee="an")),
    ("an", CONSENT),
    ("an", ESCALATED),
    ("an", ANSWER),
    ("an", PLAN),
    ("an", PAID),
    ("bo", VERIFIED),
    ("bo", CLOSED),
)


def entries(course: tuple[tuple[str, Event], ...]) -> list[Entry]:
    """Write facts down an hour apart, each by its actor."""
    log = Log("cases")
    for place, (_actor, event) in enumerate(course):
        log.tell(CASE, event, hour(place))
    told: list[Entry] = []
    for fact, (actor, _event) in zip(log.facts, course, strict=True):
        envelope = msgspec.structs.replace(fact.envelope, actor=Actor(actor, "operator"))
        told.append(entry_of(msgspec.structs.replace(fact, envelope=envelope)))
    return told


def broken(course: tuple[tuple[str, Event], ...], at: int = 30) -> list[tuple[str, int]]:
    """Return the rules that were broken, each with the version of the fact."""
    return [(one.rule, one.version) for one in breaches("R-1", entries(course), hour(at))]


def test_a_right_course_breaks_nothing() -> None:
    assert broken(RIGHT) == []


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (1, ("acknowledge-in-time", 1)),
        (2, ("triage-before-escalation", 5)),
        (4, ("consent-before-disclosure", 5)),
        (9, ("verified-before-remedied", 10)),
    ],
)
def test_a_step_left_out_is_named(left_out: int, said: tuple[str, int]) -> None:
    course = tuple(step for place, step in enumerate(RIGHT) if place != left_out)
    assert said in broken(course[:-1] if left_out == 1 else course)


def test_a_withdrawn_consent_is_none() -> None:
    withdrawn = cases.ConsentWithdrawn(recipient=str(PARTY), purpose="disclose-facts")
    assert ("consent-before-disclosure", 7) in broken((*RIGHT[:5], ("an", withdrawn), *RIGHT[5:]))


@pytest.mark.parametrize(("place", "said"), [(9, ("two-persons-verify", 10)), (10, ("two-persons-close", 11))])
def test_one_person_where_two_are_asked_is_named(place: int, said: tuple[str, int]) -> None:
    course = tuple(("an" if at == place else who, event) for at, (who, event) in enumerate(RIGHT))
    assert broken(course) == [said]


def test_what_came_late_is_named_where_it_came() -> None:
    late = (RIGHT[0], *RIGHT[2:5], RIGHT[1], *RIGHT[5:])
    (breach,) = breaches("R-1", entries(late), hour(30))
    assert isinstance(breach, Breach)
    assert (breach.rule, breach.version, breach.due) == ("acknowledge-in-time", 5, hour(3))


@given(some=lives())
@settings(max_examples=25)
def test_the_last_state_is_the_row_that_figures_are_made_of(some: Sequence[Life]) -> None:
    for life in some:
        log = Log("cases")
        tell(log, life)
        row: Any = None
        for fact in log.facts:
            row = CASE_FACTS.fold(row, fact)
        found = states([entry_of(fact) for fact in log.facts], CASE_FACTS.fold)
        assert found[-1].values["state"] == row.state
        assert [state.entry.envelope.stream_version for state in found] == list(range(1, len(log.facts) + 1))
