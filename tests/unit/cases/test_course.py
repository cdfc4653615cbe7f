"""Where each fact leads, and which duties run."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from services.cases.domain.course import Duty
from services.cases.domain.evolve import replay
from shared.errors import CorruptRecordError, NotFoundError
from shared.events import cases as facts
from tests.support.given_when_then import START, Fact, history
from tests.unit.cases.stories import (
    ACKNOWLEDGED,
    ANSWERED,
    ASSIGNED,
    CLOSED,
    CONSENTED,
    ENGAGED_CASE,
    ESCALATED,
    OPENED,
    PAID,
    PAID_CASE,
    PART_PAID,
    PLANNED,
    PLANNED_CASE,
    REFUTED,
    REOPENED,
    TRIAGED,
    TRIAGED_CASE,
    VERIFIED,
    VERIFIED_CASE,
    case,
)

STATES = [
    ("received", (OPENED,)),
    ("acknowledged", (OPENED, ACKNOWLEDGED)),
    ("triaged", TRIAGED_CASE),
    ("triaged", (OPENED, TRIAGED, ACKNOWLEDGED)),
    ("received", (OPENED, ASSIGNED)),
    ("assessing", (*TRIAGED_CASE, ASSIGNED)),
    ("assessing", (*TRIAGED_CASE, CONSENTED)),
    ("triaged", (*TRIAGED_CASE, msgspec.structs.replace(CONSENTED, purpose="statistics"))),
    ("engaged", ENGAGED_CASE),
    ("engaged", (*ENGAGED_CASE, ASSIGNED, ANSWERED)),
    ("plan_agreed", PLANNED_CASE),
    ("plan_agreed", (*PLANNED_CASE, ESCALATED)),
    ("remediating", (*PLANNED_CASE, PART_PAID)),
    ("remedy_reported", PAID_CASE),
    ("verifying", VERIFIED_CASE),
    ("remediating", (*PAID_CASE, REFUTED)),
    ("closed", (*VERIFIED_CASE, CLOSED)),
    ("closed", (*VERIFIED_CASE, CLOSED, facts.NoteAdded(text="They called."))),
    ("reopened", (*VERIFIED_CASE, CLOSED, REOPENED)),
    ("engaged", (*ENGAGED_CASE, CLOSED, REOPENED, ESCALATED)),
]


@pytest.mark.parametrize(("state", "story"), STATES)
def test_each_fact_leads_to_its_state(state: str, story: tuple[Fact, ...]) -> None:
    assert case(*story).state.state == state


def duties(*story: Fact) -> dict[str, Duty]:
    return {duty.duty: duty for duty in case(*story).state.course.duties}


def test_the_duty_to_acknowledge_runs_from_the_opening_until_it_is_met() -> None:
    assert duties(OPENED)["acknowledge"] == Duty(
        duty="acknowledge", party="office", started_at=START, due_at=START + timedelta(days=7)
    )
    assert duties(OPENED, ACKNOWLEDGED)["acknowledge"].met_at == START + timedelta(hours=1)


@pytest.mark.parametrize("taking_up", [ASSIGNED, ESCALATED])
def test_the_duty_to_assess_is_met_by_taking_the_case_up_even_before_the_triage(taking_up: Fact) -> None:
    assert duties(OPENED, TRIAGED)["assess"].met_at is None
    assert duties(OPENED, TRIAGED, taking_up)["assess"].met_at == START + timedelta(hours=2)
    assert duties(OPENED, taking_up, TRIAGED)["assess"].met_at == START + timedelta(hours=2)


def test_a_second_triage_sets_the_duty_to_assess_anew_unless_it_was_met() -> None:
    urgent = msgspec.structs.replace(TRIAGED, severity="S1", assess_by=START + timedelta(hours=26))
    dropped = msgspec.structs.replace(TRIAGED, admissible=False, assess_by=None)
    assert duties(OPENED, TRIAGED, urgent)["assess"].due_at == START + timedelta(hours=26)
    assert duties(OPENED, TRIAGED, ASSIGNED, urgent)["assess"].due_at == TRIAGED.assess_by
    assert "assess" not in duties(OPENED, TRIAGED, dropped)


def test_an_escalated_party_must_answer_in_time() -> None:
    waiting = duties(*ENGAGED_CASE)["answer"]
    assert (waiting.party, waiting.due_at, waiting.met_at) == (
        str(ESCALATED.organisation_id),
        ESCALATED.answer_by,
        None,
    )
    assert duties(*ENGAGED_CASE, ANSWERED)["answer"].met_at is not None


def test_a_remedy_is_due_until_the_end_of_its_day_and_a_refutation_opens_the_duty_again() -> None:
    promised = duties(*PLANNED_CASE)["remedy"]
    assert promised.due_at == datetime(2026, 4, 30, 23, 59, 59, 999999, UTC)
    assert duties(*PLANNED_CASE, PART_PAID)["remedy"].met_at is None
    assert duties(*PAID_CASE)["remedy"].met_at is not None
    assert duties(*PAID_CASE, REFUTED)["remedy"].met_at is None


def test_a_remedy_may_be_due_on_the_last_day_of_the_calendar() -> None:
    item = msgspec.structs.replace(PLANNED.items[0], due_on=date.max)
    assert duties(OPENED, msgspec.structs.replace(PLANNED, items=(item,)))["remedy"].due_at.date() == date.max


def test_the_next_due_time_is_that_of_the_earliest_open_duty_and_a_closed_case_has_none() -> None:
    assert case(OPENED).state.course.next_due == OPENED.acknowledge_by
    assert case(OPENED, TRIAGED).state.course.next_due == TRIAGED.assess_by
    assert case(*TRIAGED_CASE, ASSIGNED).state.course.next_due is None
    assert case(OPENED, CLOSED).state.course.next_due is None
    assert case(OPENED, CLOSED, REOPENED).state.course.next_due == OPENED.acknowledge_by


def test_a_duty_is_overdue_when_its_time_is_past_and_it_is_not_met() -> None:
    due = OPENED.acknowledge_by
    assert due is not None
    waiting, met = duties(OPENED)["acknowledge"], duties(OPENED, ACKNOWLEDGED)["acknowledge"]
    assert not waiting.overdue(due)
    assert waiting.overdue(due + timedelta(seconds=1))
    assert not met.overdue(due + timedelta(days=1))


def test_a_stream_that_does_not_begin_with_an_opening_is_no_case() -> None:
    with pytest.raises(CorruptRecordError):
        replay(history([ACKNOWLEDGED]))
    with pytest.raises(NotFoundError):
        replay(history([facts.OrganisationRegistered(name="Golden Prawn", kind="employer")]))
    assert replay([]) is None


def test_verification_before_all_items_are_reported_leads_to_verifying_and_back() -> None:
    second = facts.RemedyPlanAgreed(
        items=(msgspec.structs.replace(PLANNED.items[0], item_id=ESCALATED.escalation_id),), complainant_consulted=True
    )
    other = msgspec.structs.replace(PAID, item_id=ESCALATED.escalation_id)
    both = (*PLANNED_CASE, second, PAID)
    assert case(*both).state.state == "remediating"
    assert case(*both, VERIFIED).state.state == "verifying"
    assert case(*both, VERIFIED, other).state.state == "remedy_reported"
