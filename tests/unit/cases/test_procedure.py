"""Steps that not every case takes, decided: attempts, asking, investigating, monitoring, appeals, overriding."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from services.cases.domain import appeals, asking, attempts, closing, investigating, overriding
from services.cases.domain.commands import CloseCase
from services.cases.domain.gates import OVERRIDABLE
from shared.errors import ForbiddenError, InvalidError
from shared.events import cases as facts
from shared.events import procedure as told
from shared.events.protection import RetaliationWatchStarted
from shared.events.safety import SafeContactSet
from shared.events.values import SafeContact, SafeWay
from shared.rights import Caller, Override, Role
from tests.support.given_when_then import START, By, Fact, Outcome
from tests.unit.cases.stories import (
    ANSWERED,
    BRAND,
    CLOSED,
    CONSENTED,
    ENGAGED_CASE,
    OPENED,
    PAID_CASE,
    PLANT,
    POLICY,
    REOPENED,
    TRIAGED_CASE,
    VERIFIED_CASE,
    case,
)

ONE = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000f1")
TO_PLANT = {"recipient": str(PLANT), "purpose": "disclose-facts"}
ASKED = told.ConsentRequested(recipient=str(PLANT), purpose="disclose-facts")
DECLINED = told.ConsentDeclined(recipient=str(PLANT), purpose="disclose-facts", reason="Afraid.")
UNTIL = START + timedelta(days=30)
LOOKED_INTO = told.InvestigationOpened(investigation_id=ONE, kind="internal", terms="All lines.", report_by=UNTIL)
FOUND = told.InvestigationReported(investigation_id=ONE, finding="partly", report="Some.")
WATCHED = RetaliationWatchStarted(organisation_id=PLANT, check_at=(UNTIL,))
APPEALED = told.AppealFiled(appeal_id=ONE, by="complainant", grounds="Two were not paid.", decide_by=UNTIL)
ENDED: tuple[Fact, ...] = (*TRIAGED_CASE, By("closer", CLOSED))


def attempt(command: attempts.AttemptContact, *story: Fact) -> Outcome:
    return case(*story).when(lambda state: attempts.attempt_contact(state, command))


def ask(*story: Fact, known: bool = True) -> Outcome:
    command = msgspec.convert(TO_PLANT, asking.RequestConsent)
    return case(*story).when(lambda state: asking.request_consent(state, command, recipient_known=known))


def decline(*story: Fact) -> Outcome:
    command = msgspec.convert(TO_PLANT | {"reason": "Afraid."}, asking.DeclineConsent)
    return case(*story).when(lambda state: asking.decline_consent(state, command))


def investigate(command: investigating.OpenInvestigation, *story: Fact, known: bool = True) -> Outcome:
    return case(*story).when(
        lambda state: investigating.open_investigation(
            state, command, at=START, investigation_id=ONE, organisation_known=known
        )
    )


def appeal(*story: Fact) -> Outcome:
    command = appeals.FileAppeal(by="complainant", grounds="Two were not paid.")
    return case(*story).when(lambda state: appeals.file_appeal(state, command, at=START, appeal_id=ONE, policy=POLICY))


def decide(outcome: told.AppealOutcome, *story: Fact, by: str = "reviewer") -> Outcome:
    command = appeals.DecideAppeal(outcome=outcome, reason="Checked.")
    return case(*story).when(lambda state: appeals.decide_appeal(state, command, by=by))


def test_an_attempt_counts_on_the_safe_channel_only_and_never_against_do_not_contact() -> None:
    tried = attempts.AttemptContact(channel="email", outcome="not-reached")
    attempt(tried, OPENED).then(told.ContactAttempted(channel="email", outcome="not-reached"))
    attempt(tried, OPENED, CLOSED).then(told.ContactAttempted(channel="email", outcome="not-reached"))
    attempt(attempts.AttemptContact(channel="hotline", outcome="reached"), OPENED).then_refused("safe-channel")
    silent = SafeContactSet(safe_contact=SafeContact(channel="email", address="a@example.org", do_not_contact=True))
    attempt(tried, OPENED, silent).then_refused("safe-channel")
    further = SafeContact(channel="line", address="u-1", further=(SafeWay(channel="email", address="a@example.org"),))
    attempt(tried, OPENED, SafeContactSet(safe_contact=further)).then(
        told.ContactAttempted(channel="email", outcome="not-reached")
    )
    nowhere = SafeContactSet(safe_contact=None)
    opened = msgspec.structs.replace(OPENED, safe_contact=None)
    attempt(attempts.AttemptContact(channel="hotline", outcome="reached"), opened).then(
        told.ContactAttempted(channel="hotline", outcome="reached")
    )
    assert case(OPENED, nowhere).state.safe_contact is None


def test_consent_is_asked_for_once_and_waits_for_the_answer() -> None:
    ask(*TRIAGED_CASE).then(ASKED)
    ask(*TRIAGED_CASE, ASKED).then()
    ask(*TRIAGED_CASE, CONSENTED).then()
    ask(OPENED).then_refused("triaged")
    ask(*TRIAGED_CASE, known=False).then_refused("registered-organisation")
    assert case(*TRIAGED_CASE, ASKED).state.state == "consent_pending"
    assert case(*TRIAGED_CASE, ASKED, CONSENTED).state.state == "assessing"
    assert case(*TRIAGED_CASE, ASKED, CONSENTED).state.steps.asked == ()


def test_a_no_is_taken_down_and_can_be_asked_again() -> None:
    decline(*TRIAGED_CASE, ASKED).then(DECLINED)
    decline(*TRIAGED_CASE).then_refused("consent-asked")
    after = (*TRIAGED_CASE, ASKED, DECLINED)
    assert case(*after).state.state == "assessing"
    ask(*after).then(ASKED)


def test_the_facts_are_looked_into_and_the_case_goes_on_where_it_was() -> None:
    command = investigating.OpenInvestigation(kind="internal", terms="All lines.", report_by=UNTIL)
    investigate(command, *TRIAGED_CASE).then(LOOKED_INTO)
    investigate(command, OPENED).then_refused("triaged")
    late = msgspec.structs.replace(command, report_by=START)
    investigate(late, *TRIAGED_CASE).then_fails(InvalidError, "report_by")
    running = case(*ENGAGED_CASE, LOOKED_INTO).state
    assert running.state == "investigating"
    assert [duty.due_at for duty in running.course.open_duties if duty.duty == "investigate"] == [UNTIL]
    assert case(*ENGAGED_CASE, LOOKED_INTO, FOUND).state.state == "engaged"
    assert case(*TRIAGED_CASE, LOOKED_INTO, FOUND).state.state == "assessing"


def test_no_party_of_the_case_investigates_it_and_nobody_without_consent() -> None:
    outside = investigating.OpenInvestigation(kind="independent", terms="x", report_by=UNTIL, organisation_id=PLANT)
    investigate(outside, *ENGAGED_CASE).then_refused("independent")
    brand = msgspec.structs.replace(outside, organisation_id=BRAND)
    investigate(brand, *ENGAGED_CASE).then_refused("consent")
    consented = msgspec.structs.replace(CONSENTED, recipient=str(BRAND))
    opened = msgspec.structs.replace(LOOKED_INTO, kind="independent", terms="x", organisation_id=BRAND)
    investigate(brand, *ENGAGED_CASE, consented).then(opened)
    investigate(brand, *ENGAGED_CASE, consented, known=False).then_refused("registered-organisation")
    nobody = msgspec.structs.replace(outside, organisation_id=None)
    investigate(nobody, *ENGAGED_CASE).then_fails(InvalidError, "organisation_id")


def test_an_investigation_reports_once() -> None:
    command = investigating.ReportInvestigation(investigation_id=ONE, finding="partly", report="Some.")

    def report(*story: Fact) -> Outcome:
        return case(*story).when(lambda state: investigating.report_investigation(state, command))

    report(*TRIAGED_CASE, LOOKED_INTO).then(FOUND)
    report(*TRIAGED_CASE).then_refused("investigation-open")
    report(*TRIAGED_CASE, LOOKED_INTO, FOUND).then_refused("investigation-open")


def test_a_case_is_monitored_while_checks_are_to_come_and_promises_are_kept() -> None:
    def monitor(*story: Fact) -> Outcome:
        return case(*story).when(lambda state: investigating.monitor(state, investigating.Monitor()))

    monitor(*VERIFIED_CASE, WATCHED).then(told.MonitoringStarted())
    monitor(*VERIFIED_CASE, WATCHED, told.MonitoringStarted()).then()
    monitor(*VERIFIED_CASE).then_refused("checks-scheduled")
    monitor(*PAID_CASE, WATCHED).then_refused("items-verified")
    assert case(*VERIFIED_CASE, WATCHED, told.MonitoringStarted()).state.state == "monitoring"


def test_whether_somebody_is_pressed_is_asked_by_another_person_than_the_handler() -> None:
    def check(command: appeals.CheckWithdrawal, by: str, *story: Fact) -> Outcome:
        return case(*story).when(lambda state: appeals.check_withdrawal(state, command, by=by, policy=POLICY))

    story = (*TRIAGED_CASE, facts.CaseAssigned(assignee="handler"))
    free = appeals.CheckWithdrawal(outcome="free")
    check(free, "other", *story).then(told.WithdrawalChecked(outcome="free"))
    check(free, "handler", *story).then_refused("four-eyes")
    pressed = appeals.CheckWithdrawal(outcome="pressed", acts=("threat",), statement="The foreman came by.")
    decided = appeals.check_withdrawal(case(*story).state, pressed, by="other", policy=POLICY)
    assert [one.TOPIC for one in decided] == ["cases.withdrawal-checked", "cases.retaliation-reported"]
    check(appeals.CheckWithdrawal(outcome="pressed"), "other", *story).then_fails(InvalidError, "acts")


def test_only_an_ending_is_appealed_and_nothing_else_happens_meanwhile() -> None:
    until = POLICY.due(POLICY.durations.appeal, START)
    appeal(*ENDED).then(msgspec.structs.replace(APPEALED, decide_by=until))
    appeal(*TRIAGED_CASE).then_refused("case-closed")
    appeal(*ENDED, APPEALED).then_refused("no-appeal")
    waiting = case(*ENDED, APPEALED)
    assert waiting.state.state == "appealed"
    assert [duty.duty for duty in waiting.state.course.open_duties] == ["appeal"]
    ending = CloseCase(reason="unremedied", explanation="x")
    waiting.when(lambda state: closing.close(state, ending, by="x", survivor_known=True, policy=POLICY)).then_refused(
        "appeal-decided"
    )


@pytest.mark.parametrize("by", ["handler", "closer"])
def test_who_had_a_part_in_the_case_does_not_decide_on_its_appeal(by: str) -> None:
    decide("upheld", *ENDED, APPEALED, by=by).then_refused("another-reviewer")
    decided = By("reviewer", told.AppealDecided(appeal_id=ONE, outcome="dismissed", reason="-"))
    again = msgspec.structs.replace(APPEALED, appeal_id=PLANT)
    decide("upheld", *ENDED, APPEALED, decided, again).then_refused("another-reviewer")


def test_an_appeal_that_is_upheld_reopens_the_case_and_one_that_is_dismissed_ends_it() -> None:
    upheld = told.AppealDecided(appeal_id=ONE, outcome="upheld", reason="Checked.")
    dismissed = told.AppealDecided(appeal_id=ONE, outcome="dismissed", reason="Checked.")
    decide("upheld", *ENDED, APPEALED).then(upheld, facts.CaseReopened(reason="Checked."))
    decide("dismissed", *ENDED, APPEALED).then(dismissed)
    decide("upheld", *ENDED).then_refused("appeal-filed")
    assert case(*ENDED, APPEALED, upheld, facts.CaseReopened(reason="x")).state.state == "reopened"
    assert case(*ENDED, APPEALED, dismissed).state.state == "closed"
    # A relapse took the case up meanwhile: the decision no longer moves it.
    decide("upheld", *ENDED, APPEALED, REOPENED).then(upheld)
    assert case(*ENDED, APPEALED, REOPENED, dismissed).state.state == "reopened"


def test_a_gate_is_passed_by_a_right_of_ones_own_with_a_reason_on_record() -> None:
    story = (*ENGAGED_CASE, ANSWERED)
    ending = CloseCase(reason="unreachable", explanation="Moved away.")

    def close(gate: str, *, may: bool = True, reason: str = "Known to have left.") -> Outcome:
        caller = Caller("ann", Role.SUPERVISOR, may_override=may)
        return case(*story).when(
            lambda state: overriding.decided(
                state,
                lambda one: closing.close(one, ending, by="ann", survivor_known=True, policy=POLICY),
                Override(gate, reason),
                caller,
            )
        )

    passed = told.GateOverridden(number=OPENED.number, gate="attempts", reason="Known to have left.")
    close("attempts").then(passed, facts.CaseClosed(reason="unreachable", explanation="Moved away.", attempts=0))
    close("four-eyes").then_refused("attempts")
    close("attempts", may=False).then_fails(ForbiddenError)
    close("attempts", reason=" ").then_fails(InvalidError, "override.reason")
    close("consent").then_fails(InvalidError, "override.gate")


def test_a_wish_that_is_not_needed_leaves_no_trace() -> None:
    ending = CloseCase(reason="unremedied", explanation="x")
    decided = overriding.decided(
        case(*TRIAGED_CASE).state,
        lambda one: closing.close(one, ending, by="ann", survivor_known=True, policy=POLICY),
        Override("attempts", "x"),
        None,
    )
    assert [one.TOPIC for one in decided] == ["cases.case-closed"]


def test_consent_and_what_hides_a_person_can_never_be_overridden() -> None:
    assert not OVERRIDABLE & {"consent", "brief-without-person", "retaliation", "safe-channel", "conflict-of-interest"}
