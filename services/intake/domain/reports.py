"""Messages and reports: what may be said about them, as pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

import msgspec

from shared.errors import GateClosedError
from shared.events.envelope import Event, Recorded
from shared.events.intake import (
    Grievance,
    MessageReceived,
    ReportAccepted,
    ReportDismissed,
    ReportLinked,
    ReportMessageAdded,
    ReportOpened,
)
from shared.events.values import Party, SafeContact
from shared.ids import derived_id

ReportState = Literal["open", "accepted", "dismissed", "linked"]
DismissReason = Literal["no-grievance", "out-of-scope", "spam", "duplicate", "test", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report as its facts so far tell it."""

    report_id: UUID
    state: ReportState
    channel: str
    language: str | None
    country: str | None
    message_ids: tuple[UUID, ...]
    grievance: Grievance | None
    sender_key: str | None = None
    case_id: UUID | None = None


class Accept(msgspec.Struct, frozen=True, kw_only=True):
    """What the person who accepts knows better than the messages; what is left out is taken from them."""

    channel: str | None = None
    language: str | None = None
    country: str | None = None
    summary: str | None = None
    sector: str | None = None
    site: str | None = None
    workers: int | None = None
    issues: tuple[str, ...] | None = None
    respondent: str | None = None
    complainant: Party | None = None
    safe_contact: SafeContact | None = None
    statistics_consent: bool | None = None


def message_id(channel: str, account: str, external_id: str) -> UUID:
    """Return the id of a message: the provider's own id makes it, so that a redelivery is the same message."""
    return derived_id("message", channel, account, external_id)


def case_id_of(report_id: UUID) -> UUID:
    """Return the id of the case that a report becomes; accepting twice cannot make two."""
    return derived_id("case-of-report", str(report_id))


def evolve(report: Report | None, fact: Recorded) -> Report:
    """Return the report after a fact."""
    event = fact.event
    if isinstance(event, ReportOpened):
        return Report(
            fact.envelope.stream_id,
            "open",
            event.channel,
            event.language,
            event.country,
            (event.message_id,),
            event.grievance,
            event.sender_key,
        )
    if report is None:
        raise TypeError("a report begins with report-opened")
    match event:
        case ReportMessageAdded():
            grievance = event.grievance or report.grievance
            return replace(report, message_ids=(*report.message_ids, event.message_id), grievance=grievance)
        case ReportAccepted() | ReportLinked():
            state: ReportState = "accepted" if isinstance(event, ReportAccepted) else "linked"
            return replace(report, state=state, case_id=event.case_id)
        case ReportDismissed():
            return replace(report, state="dismissed")
    return report


def opening(identity: UUID, message: MessageReceived, sender_key: str | None) -> ReportOpened:
    """Return the fact that opens a report from a first message."""
    return ReportOpened(
        message_id=identity,
        channel=message.channel,
        account=message.account,
        sender_key=sender_key,
        language=message.language,
        country=message.country,
        grievance=message.grievance,
    )


def accept(report: Report, command: Accept) -> Sequence[Event]:
    """Decide that the report becomes a case, which opens with what is known."""
    _demand_open(report)
    said = report.grievance or Grievance()
    given = {name: value for name in Grievance.__struct_fields__ if (value := getattr(command, name, None)) is not None}
    country = command.country or said.country or report.country
    return [
        ReportAccepted(
            case_id=case_id_of(report.report_id),
            channel=command.channel or report.channel,
            language=command.language or report.language or "und",
            grievance=msgspec.structs.replace(said, **(given | {"country": country})),
            message_ids=report.message_ids,
            sender_key=report.sender_key,
        )
    ]


def dismiss(report: Report, reason: DismissReason, detail: str | None) -> Sequence[Event]:
    """Decide that the report becomes no case."""
    _demand_open(report)
    return [ReportDismissed(reason=reason, detail=detail, sender_key=report.sender_key)]


def link(report: Report, case_id: UUID) -> Sequence[Event]:
    """Decide that the report belongs to a case that exists."""
    _demand_open(report)
    return [ReportLinked(case_id=case_id, sender_key=report.sender_key)]


def _demand_open(report: Report) -> None:
    if report.state != "open":
        raise GateClosedError(
            "report-open",
            f"The report was {report.state} already.",
            opens="only an open report can be decided on; work on its case instead",
        )
