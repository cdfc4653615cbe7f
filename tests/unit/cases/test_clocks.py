"""Clocks: they follow the duties of a case by one rule, and a missed one leads to one thing, once."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.cases.domain import organisations
from services.cases.domain.clocks import Clocks, clocks_of, evolve, follow
from services.cases.domain.evolve import replay
from services.cases.domain.missing import missed
from services.cases.domain.state import Case
from shared.events import cases as facts
from shared.events import clocks as told
from shared.events.envelope import Event
from shared.policy.pack import Ladder
from tests.support.given_when_then import START, STREAM, By, Fact, history
from tests.unit.cases.stories import (
    ACKNOWLEDGED,
    ANSWERED,
    ASSIGNED,
    BRAND,
    CLOSED,
    CONSENTED,
    ENGAGED_CASE,
    ESCALATED,
    ESCALATION,
    NAMED,
    OPENED,
    PAID,
    PLANNED,
    POLICY,
    REFUTED,
    REOPENED,
    TRIAGED,
)

BRAND_NAMED = facts.RespondentNamed(organisation_id=BRAND, name="Sea & Co", kind="brand", role="brand")
BRAND_MAY_KNOW = facts.ConsentRecorded(
    recipient=str(BRAND), purpose="disclose-facts", obtained_from="individual", obtained_by="handler"
)
CLIMBING = replace(POLICY, ladder=Ladder(escalates=("employer",)))
LATER = START + timedelta(days=40)
SECOND = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000e2")


def case_of(given: Iterable[Fact]) -> Case:
    case = replay(history(given))
    assert case is not None
    return case


def followed(given: Sequence[Fact]) -> tuple[Clocks, list[Event]]:
    """Let the clocks follow a case fact by fact, and return them with all that they said."""
    clocks: Clocks | None = None
    said: list[Event] = []
    for reached in range(1, len(given) + 1):
        at = START + timedelta(hours=reached - 1)
        fresh = list(follow(clocks, case_of(given[:reached]), policy=POLICY.version))
        for recorded in history([By("somebody", event, at) for event in fresh], clocks_of(STREAM), after=len(said)):
            clocks = evolve(clocks, recorded)
        said += fresh
    assert clocks is not None
    return clocks, said


def kinds(said: Iterable[Event]) -> list[str]:
    return [f"{event.duty} {event.TOPIC.rpartition('-')[2]}" for event in said if isinstance(event, told.ClockEvent)]


def test_every_duty_has_a_clock_that_starts_with_it_and_is_met_with_it() -> None:
    clocks, said = followed([OPENED, ACKNOWLEDGED, TRIAGED, ASSIGNED, NAMED, CONSENTED, ESCALATED, ANSWERED])
    assert kinds(said) == [
        "acknowledge started",
        "acknowledge met",
        "assess started",
        "assess met",
        "answer started",
        "answer met",
    ]
    assert all(clock.met_at is not None and clock.policy == POLICY.version for clock in clocks.clocks)
    assert clocks.wakes_at is None


def test_clocks_stand_still_while_a_case_is_closed_and_run_on_when_it_is_reopened() -> None:
    clocks, said = followed([OPENED, CLOSED])
    assert kinds(said) == ["acknowledge started", "acknowledge paused"]
    assert clocks.wakes_at is None
    clocks, said = followed([OPENED, CLOSED, REOPENED])
    assert kinds(said)[2:] == ["acknowledge resumed"]
    assert clocks.wakes_at == OPENED.acknowledge_by


def test_a_second_triage_sets_the_clock_anew_and_one_that_finds_no_duty_stops_it() -> None:
    sooner = replace(TRIAGED, severity="S1", assess_by=START + timedelta(hours=26))
    clocks, said = followed([OPENED, ACKNOWLEDGED, TRIAGED, sooner])
    assert kinds(said)[2:] == ["assess started", "assess started"]
    assert clocks.wakes_at == sooner.assess_by
    clocks, said = followed([OPENED, ACKNOWLEDGED, TRIAGED, replace(TRIAGED, admissible=False, assess_by=None)])
    assert kinds(said)[3:] == ["assess paused"]
    assert clocks.wakes_at is None


def test_a_refuted_remedy_runs_again_against_the_same_time() -> None:
    clocks, said = followed([*ENGAGED_CASE, ANSWERED, PLANNED, PAID, REFUTED])
    assert kinds(said)[-3:] == ["remedy started", "remedy met", "remedy started"]
    assert clocks.wakes_at is not None


def test_following_twice_says_nothing_new() -> None:
    given = [*ENGAGED_CASE, ANSWERED, PLANNED, PAID, CLOSED, REOPENED]
    clocks, _ = followed(given)
    assert list(follow(clocks, case_of(given), policy=POLICY.version)) == []


def consequence(given: Sequence[Fact], *, climbing: bool = True, at: datetime = LATER) -> tuple[str, str, list[Event]]:
    clocks, _ = followed(given)
    clock = next(clock for clock in clocks.due(at) if clock.duty == "answer")
    registered = facts.OrganisationRegistered(name="Sea & Co", kind="brand")
    (brand,) = [organisations.evolve(None, one) for one in history([registered], BRAND)]
    outcome = missed(
        clock,
        case_of(given),
        at=at,
        escalation_id=SECOND,
        registered=lambda one: brand if one == BRAND else None,
        policy=CLIMBING if climbing else POLICY,
    )
    return outcome.missed.consequence, outcome.missed.because, list(outcome.said)


def test_a_missed_answer_goes_to_the_next_party_when_ladder_and_consent_let_it() -> None:
    kind, because, said = consequence([*ENGAGED_CASE, BRAND_NAMED, BRAND_MAY_KNOW])
    assert (kind, because) == ("escalated", "ladder")
    (escalated,) = said
    assert isinstance(escalated, facts.CaseEscalated)
    assert (escalated.organisation_id, escalated.level) == (BRAND, "buyer")
    assert escalated.escalation_id != ESCALATION


@pytest.mark.parametrize(
    ("given", "climbing", "because"),
    [
        ((*ENGAGED_CASE, BRAND_NAMED, BRAND_MAY_KNOW), False, "not-in-the-ladder"),
        ((*ENGAGED_CASE, BRAND_NAMED), True, "consent"),
        (ENGAGED_CASE, True, "nobody-on-the-next-rung"),
        (
            (*ENGAGED_CASE, BRAND_NAMED, BRAND_MAY_KNOW, replace(TRIAGED, admissible=False, assess_by=None)),
            True,
            "admissible",
        ),
    ],
)
def test_otherwise_a_supervisor_is_alerted_and_the_record_says_why(
    given: Sequence[Fact], *, climbing: bool, because: str
) -> None:
    assert consequence(given, climbing=climbing) == ("alerted", because, [])
