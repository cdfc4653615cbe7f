"""Protection after a disclosure, decided: when workers are asked, and what a report of reprisals stops."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from services.cases.domain import disclosure, retaliation
from services.cases.domain.commands import Escalate, RecordConsent, WithdrawConsent
from services.cases.domain.reaching import reach_of
from services.cases.domain.retaliation import CheckRetaliation, ReleaseDisclosure, ReportRetaliation
from services.cases.domain.state import Case
from shared.errors import InvalidError
from shared.events import protection as told
from shared.events.envelope import Event
from tests.support.given_when_then import START, By, Fact, Outcome
from tests.unit.cases.stories import (
    BRAND,
    CLOSED,
    CONSENTED,
    ENGAGED_CASE,
    ESCALATED,
    ESCALATION,
    GOLDEN_PRAWN,
    PLANT,
    POLICY,
    WITHDRAWN,
    case,
    tried,
)

DAY = timedelta(days=1)
TIMES = tuple(START + wait for wait in POLICY.watch.checks)
STARTED = told.RetaliationWatchStarted(organisation_id=PLANT, check_at=TIMES)
REPORTED = told.RetaliationReported(
    number="R-7K2QF-0M9XA", acts=("dismissal",), severity="S1", statement="They were sent home."
)
NONE = told.RetaliationChecked(outcome="none")
RELEASED = told.DisclosureReleased(reason="They are in a shelter.")
WATCHED: tuple[Fact, ...] = (*ENGAGED_CASE, By("handler", STARTED, START))
HURT: tuple[Fact, ...] = (*WATCHED, REPORTED)


def escalate(*story: Fact) -> Outcome:
    command = Escalate(organisation_id=PLANT, level="employer", brief="Workers paid fees.")

    def decide(state: Case) -> Sequence[Event]:
        return disclosure.escalate(
            state, command, at=START, escalation_id=ESCALATION, organisation=GOLDEN_PRAWN, policy=POLICY
        )

    return case(*story).when(decide)


def check(command: CheckRetaliation, *story: Fact) -> Outcome:
    return case(*story).when(lambda state: retaliation.check(state, command, policy=POLICY))


def test_the_watch_begins_when_an_organisation_learns_of_the_case_for_the_first_time() -> None:
    def watch(*story: Fact) -> Outcome:
        return case(*story).when(lambda state: retaliation.watch_after(state, [ESCALATED], at=START, policy=POLICY))

    watch(*ENGAGED_CASE).then(STARTED)
    watch(*WATCHED).then()
    watch(*ENGAGED_CASE, msgspec.structs.replace(STARTED, organisation_id=BRAND)).then(STARTED)


def test_a_check_does_all_that_were_due_or_else_the_next_one() -> None:
    for at, left in ((START + DAY, 2), (TIMES[0], 2), (TIMES[1] + DAY, 1), (TIMES[2], 0)):
        state = case(*WATCHED, By("handler", NONE, at)).state
        assert sum(one.done_at is None for one in state.watch.checks) == left
        duties = [duty for duty in state.course.duties if duty.duty == "check-retaliation"]
        assert sum(duty.met_at is None for duty in duties) == left


def test_the_workers_are_asked_while_a_check_waits() -> None:
    check(CheckRetaliation(outcome="none"), *WATCHED).then(NONE)
    check(CheckRetaliation(outcome="none"), *ENGAGED_CASE).then_refused("watch-running")
    check(CheckRetaliation(outcome="none"), *WATCHED, By("handler", NONE, TIMES[2])).then_refused("watch-running")


def test_who_was_not_reached_was_tried_often_enough() -> None:
    check(CheckRetaliation(outcome="not-reached"), *WATCHED, *tried(2)).then_refused("attempts")
    check(CheckRetaliation(outcome="not-reached"), *WATCHED, *tried(3)).then(
        told.RetaliationChecked(outcome="not-reached", attempts=3)
    )


def test_what_a_check_brings_to_light_is_a_report_of_the_gravest_kind() -> None:
    command = CheckRetaliation(outcome="reported", acts=("dismissal",), statement="They were sent home.")
    check(command, *WATCHED).then(
        told.RetaliationChecked(outcome="reported", statement="They were sent home."), REPORTED
    )
    check(CheckRetaliation(outcome="reported", statement="x"), *WATCHED).then_fails(InvalidError, "acts")


def test_a_report_is_taken_of_a_closed_case_too() -> None:
    command = ReportRetaliation(acts=("dismissal",), statement="They were sent home.")
    case(*WATCHED, CLOSED).when(lambda state: retaliation.report(state, command, policy=POLICY)).then(REPORTED)
    silent = ReportRetaliation(acts=("dismissal",), statement=" ")
    case(*WATCHED).when(lambda state: retaliation.report(state, silent, policy=POLICY)).then_fails(
        InvalidError, "statement"
    )


def test_a_report_makes_the_case_grave_and_lets_consents_rest() -> None:
    state = case(*HURT).state
    assert (state.severity, state.issues[-1], state.may_learn(PLANT)) == ("S1", "RET-REP", False)
    assert reach_of(state, POLICY).shared_with == ()
    escalate(*HURT).then_refused("retaliation")


@pytest.mark.parametrize("opened", [CONSENTED, RELEASED])
def test_a_new_consent_or_a_supervisor_opens_disclosure_again(opened: Event) -> None:
    escalate(*HURT, opened).then(ESCALATED)


def test_what_was_withdrawn_stays_so_whatever_is_released() -> None:
    escalate(*HURT, WITHDRAWN, RELEASED).then_refused("consent")


def test_a_resting_consent_can_be_given_anew_and_withdrawn() -> None:
    anew = RecordConsent(recipient=str(PLANT), purpose="disclose-facts", obtained_by="handler")
    case(*HURT).when(lambda state: disclosure.consent(state, anew, by="handler", recipient_known=True)).then(CONSENTED)
    ending = WithdrawConsent(recipient=str(PLANT), purpose="disclose-facts")
    case(*HURT).when(lambda state: disclosure.withdraw_consent(state, ending)).then(WITHDRAWN)


def test_only_what_rests_is_released() -> None:
    command = ReleaseDisclosure(reason="They are in a shelter.")
    case(*HURT).when(lambda state: retaliation.release(state, command)).then(RELEASED)
    case(*WATCHED).when(lambda state: retaliation.release(state, command)).then_refused("resting")
    case(*HURT, RELEASED).when(lambda state: retaliation.release(state, command)).then_refused("resting")
