"""Who is told what when something happens in a case, and that hearing it twice tells nobody twice."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.notify.application import Office
from shared.events.cases import (
    CaseAcknowledged,
    CaseAssigned,
    CaseClosed,
    CaseEscalated,
    CaseEvent,
    EmployerResponseRecorded,
    GlassBroken,
)
from shared.events.notify import NotificationQueued, NotificationSuppressed, RecipientRegistered
from shared.events.protection import RetaliationReported
from shared.events.together import PatternRaised
from shared.ids import derived_id
from tests.unit.notify.given import CASE, FACTORY, NOON, NUMBER, Ears, contact, opened, registered

ESCALATION = UUID("0190b5c2-7c1e-7a10-8f00-3c1de50f6a03")
ACKNOWLEDGED = CaseAcknowledged(channel="hotline")
ANSWERED = EmployerResponseRecorded(escalation_id=ESCALATION, organisation_id=FACTORY, position="accepted")
CLOSED = CaseClosed(reason="remedied", explanation="All was paid back.")
ESCALATED = CaseEscalated(
    escalation_id=ESCALATION,
    organisation_id=FACTORY,
    name="Bright Sea Foods",
    level="employer",
    brief="Fees were taken.",
    answer_by=NOON + timedelta(days=14),
)
FOR_THE_COMPLAINANT = [(ACKNOWLEDGED, "acknowledgement"), (ANSWERED, "answer"), (CLOSED, "closure")]


@pytest.mark.parametrize(("event", "occasion"), FOR_THE_COMPLAINANT)
def test_the_complainant_is_told_on_the_safe_contact(event: CaseEvent, occasion: str) -> None:
    ears = Ears()
    ears.hear(opened(contact("th")))
    ears.hear(event)
    (told,) = ears.work.said(NotificationQueued)
    assert (told.occasion, told.audience, told.case_id) == (occasion, "complainant", CASE)
    assert (told.address, told.language) == ("aye@example.org", "th")
    assert NUMBER in told.body
    assert NUMBER in told.subject


@pytest.mark.parametrize(("event", "occasion"), FOR_THE_COMPLAINANT)
def test_without_a_safe_contact_the_complainant_is_not_told(event: CaseEvent, occasion: str) -> None:
    ears = Ears()
    ears.hear(opened())
    ears.hear(event)
    (kept,) = ears.work.said(NotificationSuppressed)
    assert (kept.occasion, kept.audience, kept.reason) == (occasion, "complainant", "no-safe-contact")
    assert ears.work.said(NotificationQueued) == []


BROKEN = GlassBroken(number=NUMBER, reason="The handler, Thida, is ill.")


def test_supervisors_are_told_that_the_glass_was_broken_and_not_why() -> None:
    ears = Ears(supervisors=contact("my", address="heads@example.org"))
    ears.hear(BROKEN)
    (told,) = ears.work.said(NotificationQueued)
    assert (told.occasion, told.audience, told.case_id) == ("break-glass", "supervisor", CASE)
    assert (told.address, told.language) == ("heads@example.org", "my")
    assert NUMBER in told.body
    assert "Thida" not in told.body


def test_without_an_address_broken_glass_stands_in_the_list_all_the_same() -> None:
    ears = Ears()
    ears.hear(BROKEN)
    (kept,) = ears.work.said(NotificationSuppressed)
    assert (kept.occasion, kept.audience, kept.reason) == ("break-glass", "supervisor", "no-contact")


def test_retaliation_is_told_at_once_to_who_handles_it_to_supervisors_and_to_safeguarding() -> None:
    office = Office(
        {"op-1": contact(address="op@example.org")},
        contact(address="heads@example.org"),
        contact(address="safe@example.org"),
    )
    ears = Ears(office=office)
    ears.hear(opened())
    ears.hear(CaseAssigned(assignee="op-1"))
    before = len(ears.work.said(NotificationQueued))
    ears.hear(RetaliationReported(number=NUMBER, acts=("dismissal",), severity="S1", statement="Thida was sent home."))
    told = ears.work.said(NotificationQueued)[before:]
    assert {one.address for one in told} == {"op@example.org", "heads@example.org", "safe@example.org"}
    assert {one.occasion for one in told} == {"retaliation"}
    assert not any("Thida" in one.body or "dismiss" in one.body.casefold() for one in told)


def test_a_pattern_is_told_to_supervisors_with_its_counts_only() -> None:
    ears = Ears(supervisors=contact(address="heads@example.org"))
    ears.hear(PatternRaised(kind="site", key="plant 2", cases=6, workers=31, since=NOON), FACTORY)
    (told,) = ears.work.said(NotificationQueued)
    assert (told.occasion, told.address) == ("pattern", "heads@example.org")
    assert "6" in told.body
    assert "plant 2" not in told.body


def test_an_escalation_tells_the_organisation_that_a_request_waits() -> None:
    ears = Ears()
    ears.hear(registered(contact(address="office@example.com")), FACTORY)
    ears.hear(opened(contact("th")))
    ears.hear(ESCALATED)
    (told,) = ears.work.said(NotificationQueued)
    assert (told.occasion, told.audience, told.address) == ("escalation", "respondent", "office@example.com")
    assert "Bright Sea Foods" in told.body
    assert "2026-12-04" in told.body
    assert NUMBER in told.body
    assert "Fees" not in told.body


def test_an_organisation_without_a_contact_is_not_told() -> None:
    ears = Ears()
    ears.hear(registered(), FACTORY)
    ears.hear(opened(contact()))
    ears.hear(ESCALATED)
    (kept,) = ears.work.said(NotificationSuppressed)
    assert (kept.audience, kept.reason) == ("respondent", "no-contact")


def test_hearing_a_fact_again_changes_nothing() -> None:
    ears = Ears()
    facts = [ears.hear(registered(contact()), FACTORY), ears.hear(opened(contact()))]
    facts += [ears.hear(event) for event in (ACKNOWLEDGED, ESCALATED, ANSWERED, CLOSED)]
    before = {stream: len(found) for stream, found in ears.work.streams.items()}
    for fact in facts:
        ears.hear_again(fact)
    assert {stream: len(found) for stream, found in ears.work.streams.items()} == before
    assert len(ears.work.said(NotificationQueued)) == 4


def test_a_notification_is_named_after_its_cause_and_audience() -> None:
    ears = Ears()
    ears.hear(opened(contact()))
    cause = ears.hear(CLOSED).envelope
    stream_id = derived_id("notification", str(cause.event_id), "complainant")
    assert len(ears.work.read(stream_id)) == 1
    assert ears.work.contexts[-1].causation_id == cause.event_id
    assert ears.work.contexts[-1].correlation_id == cause.correlation_id


def test_an_imported_case_leaves_no_trace_whatever_happens_to_it() -> None:
    ears = Ears()
    ears.hear(opened(contact(), channel="import"))
    for event in (ACKNOWLEDGED, ESCALATED, ANSWERED, CLOSED):
        ears.hear(event)
    assert [stream for stream, facts in ears.work.streams.items() if facts] == []


def test_a_closure_taken_down_a_month_late_is_told_to_nobody() -> None:
    ears = Ears()
    ears.hear(opened(contact()))
    ears.hear(CLOSED, occurred_at=NOON - timedelta(days=30))
    (kept,) = ears.work.said(NotificationSuppressed)
    assert kept.reason == "historical"


def test_how_many_days_count_as_history_is_set_by_the_deployment() -> None:
    ears = Ears(historical_days=60)
    ears.hear(opened(contact()))
    ears.hear(CLOSED, occurred_at=NOON - timedelta(days=30))
    assert len(ears.work.said(NotificationQueued)) == 1


def test_once_the_handler_found_no_safe_channel_nothing_is_sent_any_more() -> None:
    ears = Ears()
    ears.hear(opened(contact()))
    ears.hear(CaseAcknowledged(no_safe_channel_because="The phone is shared with the foreman."))
    ears.hear(CLOSED)
    assert ears.work.said(NotificationQueued) == []
    assert [kept.reason for kept in ears.work.said(NotificationSuppressed)] == ["no-safe-contact"] * 2
    assert ears.work.said(RecipientRegistered)[-1].contact is None
