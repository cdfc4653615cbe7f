"""Reports: what may be decided about them, and when."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.intake import domain
from services.intake.application.index import OPEN_REPORT, index
from services.intake.domain import Accept, Report
from shared.errors import GateClosedError
from shared.events.envelope import Actor, Envelope, Event, Recorded
from shared.events.intake import (
    Grievance,
    MessageReceived,
    ReportAccepted,
    ReportDismissed,
    ReportLinked,
    ReportMessageAdded,
    ReportOpened,
)
from shared.eventstore.decider import Decider
from shared.eventstore.index import IndexEntry
from shared.ids import derived_id

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
REPORT_ID = derived_id("test", "report")
FIRST, SECOND, CASE = (derived_id("test", name) for name in ("first", "second", "case"))
REPORTS: Decider[Report] = Decider("report", domain.evolve)

opened = ReportOpened(message_id=FIRST, channel="app", account="a", sender_key="k", language="my", country="TH")
joined = ReportMessageAdded(message_id=SECOND, grievance=Grievance(issues=("DOC-RET",)))


def recorded(event: Event, version: int, stream_id: UUID = REPORT_ID) -> Recorded:
    head = Envelope(
        event_id=derived_id("test", str(version)),
        type=event.TOPIC,
        type_version=event.VERSION,
        stream=event.STREAM,
        stream_id=stream_id,
        stream_version=version,
        occurred_at=NOW,
        recorded_at=NOW,
        actor=Actor("ann", "operator"),
        correlation_id=derived_id("test", "c"),
    )
    return Recorded(head, event, version)


def given(*events: Event) -> Report:
    report = REPORTS.fold(recorded(event, version) for version, event in enumerate(events, start=1))
    assert report is not None
    return report


def test_an_accepted_report_carries_what_the_case_opens_with() -> None:
    (accepted,) = domain.accept(given(opened, joined), Accept(summary="passports kept", workers=14))
    assert accepted == ReportAccepted(
        case_id=domain.case_id_of(REPORT_ID),
        channel="app",
        language="my",
        grievance=Grievance(issues=("DOC-RET",), summary="passports kept", country="TH", workers=14),
        message_ids=(FIRST, SECOND),
        sender_key="k",
    )


def test_what_the_person_knows_better_wins_over_the_messages() -> None:
    (accepted,) = domain.accept(given(opened), Accept(country="MY", language="ne", channel="hotline", issues=()))
    assert isinstance(accepted, ReportAccepted)
    assert (accepted.channel, accepted.language, accepted.grievance.country) == ("hotline", "ne", "MY")


@pytest.mark.parametrize(
    "decided",
    [
        ReportAccepted(case_id=CASE, channel="app", language="my", grievance=Grievance(), message_ids=(FIRST,)),
        ReportDismissed(reason="spam"),
        ReportLinked(case_id=CASE),
    ],
)
def test_a_report_is_decided_on_once(decided: Event) -> None:
    report = given(opened, decided)
    decisions: tuple[Callable[[], object], ...] = (
        lambda: domain.accept(report, Accept()),
        lambda: domain.dismiss(report, "spam", None),
        lambda: domain.link(report, CASE),
    )
    for again in decisions:
        with pytest.raises(GateClosedError) as refusal:
            again()
        assert refusal.value.gate == "report-open"
        assert "case" in str(refusal.value.fields["opens"])


def test_a_dismissal_says_why() -> None:
    assert domain.dismiss(given(opened), "out-of-scope", "tenancy") == [
        ReportDismissed(reason="out-of-scope", detail="tenancy", sender_key="k")
    ]


def test_a_linked_report_knows_its_case() -> None:
    (linked,) = domain.link(given(opened), CASE)
    assert given(opened, linked).case_id == CASE


def test_a_sender_is_indexed_until_their_report_is_decided_on() -> None:
    assert index(recorded(opened, 1))[0] == IndexEntry(OPEN_REPORT, "k", str(REPORT_ID))
    for decided in (*domain.dismiss(given(opened), "spam", None), *domain.link(given(opened), CASE)):
        assert index(recorded(decided, 2)) == (IndexEntry(OPEN_REPORT, "k", None),)
    (accepted,) = domain.accept(given(opened), Accept())
    assert index(recorded(accepted, 2)) == (IndexEntry(OPEN_REPORT, "k", None),)


def test_a_message_is_known_by_the_providers_own_id() -> None:
    assert domain.message_id("acme", "app", "a", "1") == domain.message_id("acme", "app", "a", "1")
    assert domain.message_id("acme", "app", "a", "1") not in {
        domain.message_id("acme", "app", "a1", ""),
        domain.message_id("other", "app", "a", "1"),
    }


def test_an_opening_says_nothing_of_the_sender_but_a_pseudonym() -> None:
    message = MessageReceived(channel="app", account="a", external_id="1", text="t", sender="+66812345678")
    assert "+66812345678" not in str(domain.opening(FIRST, message, "k"))
