"""Consents, respondents, escalations and answers, decided."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from services.cases.domain import disclosure
from services.cases.domain.commands import Escalate, NameRespondent, RecordConsent, Respond, WithdrawConsent
from services.cases.domain.organisations import Organisation
from services.cases.domain.state import Case
from shared.errors import InvalidError
from shared.events import cases as facts
from shared.events.envelope import Event
from shared.events.values import Party, SafeContact, SafeWay
from tests.support.given_when_then import START, Fact, Outcome
from tests.unit.cases.stories import (
    ANSWERED,
    BRAND,
    CLOSED,
    CONSENTED,
    ENGAGED_CASE,
    ESCALATED,
    ESCALATION,
    GOLDEN_PRAWN,
    NAMED,
    OPENED,
    PLANT,
    POLICY,
    TRIAGED,
    WITHDRAWN,
    case,
)

BRIEF = "Workers paid fees."


def consent(command: RecordConsent, *story: Fact, known: bool = True) -> Outcome:
    return case(OPENED, *story).when(
        lambda state: disclosure.consent(state, command, by="handler", recipient_known=known)
    )


def escalate(
    *story: Fact,
    to: UUID = PLANT,
    level: facts.EscalationLevel = "employer",
    brief: str = BRIEF,
    level_reason: str | None = None,
    organisation: Organisation | None = GOLDEN_PRAWN,
) -> Outcome:
    command = Escalate(organisation_id=to, level=level, brief=brief, level_reason=level_reason)

    def decide(state: Case) -> Sequence[Event]:
        return disclosure.escalate(
            state, command, at=START, escalation_id=ESCALATION, organisation=organisation, policy=POLICY
        )

    return case(*story).when(decide)


def test_consent_names_a_recipient_in_one_spelling_and_who_took_it_down() -> None:
    consent(RecordConsent(recipient=f" {str(PLANT).upper()} ", purpose="disclose-facts")).then(CONSENTED)


def test_consent_to_disclose_names_a_registered_organisation() -> None:
    for purpose in ("disclose-facts", "disclose-identity"):
        command = RecordConsent(recipient="Golden Prawn", purpose=msgspec.convert(purpose, facts.ConsentPurpose))
        consent(command, known=False).then_refused("registered-organisation")


def test_consent_to_a_service_may_name_anybody() -> None:
    command = RecordConsent(recipient=" the clinic ", purpose="service", obtained_by="nurse", withheld="HIV status")
    consent(command, known=False).then(
        facts.ConsentRecorded(
            recipient="the clinic",
            purpose="service",
            obtained_from="individual",
            obtained_by="nurse",
            withheld="HIV status",
        )
    )


def test_a_consent_that_holds_already_says_nothing_new_and_one_withdrawn_can_be_given_again() -> None:
    command = RecordConsent(recipient=str(PLANT), purpose="disclose-facts")
    consent(command, CONSENTED).then()
    consent(command, CONSENTED, WITHDRAWN).then(CONSENTED)


def test_a_consent_to_nobody_is_refused() -> None:
    consent(RecordConsent(recipient=" ", purpose="service")).then_fails(InvalidError, "recipient")


def test_withdrawal_is_recorded_once() -> None:
    command = WithdrawConsent(recipient=str(PLANT), purpose="disclose-facts")
    case(OPENED, CONSENTED).when(lambda state: disclosure.withdraw_consent(state, command)).then(WITHDRAWN)
    case(OPENED).when(lambda state: disclosure.withdraw_consent(state, command)).then()


def test_consent_can_be_withdrawn_after_the_case_was_closed() -> None:
    command = WithdrawConsent(recipient=str(PLANT), purpose="disclose-facts")
    case(OPENED, CONSENTED, CLOSED).when(lambda state: disclosure.withdraw_consent(state, command)).then(WITHDRAWN)


def test_a_respondent_is_a_registered_organisation_named_once_per_role() -> None:
    command = NameRespondent(organisation_id=PLANT, role="employer")
    named = case(OPENED)
    named.when(lambda state: disclosure.name_respondent(state, command, organisation=GOLDEN_PRAWN)).then(NAMED)
    named.when(lambda state: disclosure.name_respondent(state, command, organisation=None)).then_refused(
        "registered-organisation"
    )
    case(OPENED, NAMED).when(lambda state: disclosure.name_respondent(state, command, organisation=GOLDEN_PRAWN)).then()


def test_with_consent_and_a_clean_brief_the_case_goes_to_the_employer_who_has_two_weeks() -> None:
    escalate(OPENED, TRIAGED, CONSENTED).then(ESCALATED)


def test_without_live_consent_for_that_organisation_nothing_goes_out() -> None:
    other = msgspec.structs.replace(CONSENTED, recipient=str(BRAND))
    service = msgspec.structs.replace(CONSENTED, purpose="service")
    for story in [(OPENED,), (OPENED, other), (OPENED, service), (OPENED, CONSENTED, WITHDRAWN)]:
        escalate(*story).then_refused("consent")


def test_consent_to_disclose_the_identity_covers_the_facts() -> None:
    escalate(OPENED, msgspec.structs.replace(CONSENTED, purpose="disclose-identity")).then(ESCALATED)


@pytest.mark.parametrize(
    "brief",
    [
        "AYE AYE MON paid fees.",
        "aye  aye\nmon's fees.",
        "Badge w-2041 paid.",
        "Write to AYE@EXAMPLE.ORG.",
        "Ａｙｅ Ａｙｅ Ｍｏｎ paid.",
    ],
)
def test_a_brief_that_tells_who_complained_is_refused(brief: str) -> None:
    refusal = escalate(OPENED, CONSENTED, brief=brief).then_refused("brief-without-person")
    assert brief not in refusal.detail


def test_a_brief_with_the_address_of_a_further_way_is_refused() -> None:
    contact = SafeContact(channel="line", address="u-1", further=(SafeWay(channel="sms", address="+66811112222"),))
    opened = msgspec.structs.replace(OPENED, safe_contact=contact)
    escalate(opened, CONSENTED, brief="Call +66811112222.").then_refused("brief-without-person")


def test_a_short_reference_is_looked_for_as_a_word_of_its_own() -> None:
    opened = msgspec.structs.replace(OPENED, complainant=Party(reference="A7"), safe_contact=None)
    escalate(opened, CONSENTED, brief="Line A7 paid.").then_refused("brief-without-person")
    escalate(opened, CONSENTED, brief="Workers paid fees.").then(ESCALATED)


def test_a_brief_says_something_and_goes_to_a_registered_organisation() -> None:
    escalate(OPENED, CONSENTED, brief=" ").then_fails(InvalidError, "brief")
    escalate(OPENED, CONSENTED, organisation=None).then_refused("registered-organisation")


def test_the_level_rises_one_step_at_a_time_unless_a_reason_is_given() -> None:
    escalate(OPENED, CONSENTED, level="buyer").then_refused("escalation-level")
    escalate(OPENED, CONSENTED, level="buyer", level_reason=" ").then_refused("escalation-level")
    escalate(OPENED, CONSENTED, level="public", level_reason="The plant has shut.").then(
        msgspec.structs.replace(ESCALATED, level="public", level_reason="The plant has shut.")
    )
    escalate(*ENGAGED_CASE, level="authority").then_refused("escalation-level")
    escalate(*ENGAGED_CASE, level="buyer").then(msgspec.structs.replace(ESCALATED, level="buyer"))
    escalate(*ENGAGED_CASE, level="employer").then(ESCALATED)


def test_what_is_not_ours_to_handle_does_not_go_out() -> None:
    inadmissible = msgspec.structs.replace(TRIAGED, admissible=False, assess_by=None)
    escalate(OPENED, inadmissible, CONSENTED).then_refused("admissible")
    escalate(OPENED, inadmissible, TRIAGED, CONSENTED).then(ESCALATED)


def test_a_closed_case_discloses_nothing() -> None:
    escalate(OPENED, CONSENTED, CLOSED).then_refused("case-open")


def test_the_answer_belongs_to_the_escalation_that_waits() -> None:
    command = Respond(organisation_id=PLANT, position="accepted")
    case(*ENGAGED_CASE).when(lambda state: disclosure.respond(state, command)).then(ANSWERED)


def test_only_an_escalated_party_answers_and_only_once() -> None:
    command = Respond(organisation_id=PLANT, position="accepted")
    stranger = Respond(organisation_id=BRAND, position="disputed")
    case(OPENED).when(lambda state: disclosure.respond(state, command)).then_refused("open-escalation")
    case(*ENGAGED_CASE).when(lambda state: disclosure.respond(state, stranger)).then_refused("open-escalation")
    case(*ENGAGED_CASE, ANSWERED).when(lambda state: disclosure.respond(state, command)).then_refused("open-escalation")


def test_two_escalations_to_one_organisation_are_answered_oldest_first() -> None:
    second = msgspec.structs.replace(ESCALATED, escalation_id=BRAND, answer_by=START + timedelta(days=20))
    command = Respond(organisation_id=PLANT, position="accepted")
    case(*ENGAGED_CASE, second).when(lambda state: disclosure.respond(state, command)).then(ANSWERED)
    case(*ENGAGED_CASE, second, ANSWERED).when(lambda state: disclosure.respond(state, command)).then(
        msgspec.structs.replace(ANSWERED, escalation_id=BRAND)
    )
