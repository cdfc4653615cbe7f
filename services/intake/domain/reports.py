"""Messages and reports: what may be said about them, as pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

import msgspec

from shared.errors import ForbiddenError, GateClosedError
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
from shared.events.reports import (
    CrisisHinted,
    ReplyAdded,
    ReportJoined,
    ReportMerged,
    ReportParted,
    ReportReopened,
    ReportSplit,
    TriageSuggested,
)
from shared.events.values import Party, SafeContact
from shared.ids import derived_id
from shared.policy import Policy
from shared.rights import Caller

ReportState = Literal["open", "accepted", "dismissed", "linked", "merged"]
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
    issues: frozenset[str] = frozenset()
    decided_by: str | None = None
    in_crisis: bool = False
    merged_into: UUID | None = None
    joined: tuple[ReportJoined, ...] = ()

    @property
    def all_messages(self) -> tuple[UUID, ...]:
        """Its own messages, and those of the reports that were merged into it."""
        return (*self.message_ids, *(one for joined in self.joined for one in joined.message_ids))


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


def message_id(tenant: str, channel: str, account: str, external_id: str) -> UUID:
    """Return the id of a message: the provider's own id makes it, so that a redelivery is the same message."""
    return derived_id("message", tenant, channel, account, external_id)


def case_id_of(report_id: UUID) -> UUID:
    """Return the id of the case that a report becomes; accepting twice cannot make two."""
    return derived_id("case-of-report", str(report_id))


def evolve(report: Report | None, fact: Recorded) -> Report:  # noqa: PLR0911 - one arm per fact
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
            issues=frozenset(event.grievance.issues if event.grievance else ()),
        )
    if report is None:
        raise TypeError("a report begins with report-opened")
    match event:
        case ReportMessageAdded():
            grievance = event.grievance or report.grievance
            issues = report.issues | set(event.grievance.issues if event.grievance else ())
            messages = (*report.message_ids, event.message_id)
            return replace(report, message_ids=messages, grievance=grievance, issues=issues)
        case ReportAccepted() | ReportLinked():
            state: ReportState = "accepted" if isinstance(event, ReportAccepted) else "linked"
            return replace(report, state=state, case_id=event.case_id, decided_by=fact.envelope.actor.id)
        case ReportDismissed():
            return replace(report, state="dismissed", decided_by=fact.envelope.actor.id)
        case CrisisHinted():
            return replace(report, in_crisis=True)
        case ReportReopened():
            return replace(report, state="open", decided_by=None)
    return _regrouped(report, fact)


def _regrouped(report: Report, fact: Recorded) -> Report:
    match fact.event:
        case ReportMerged(into=into):
            return replace(report, state="merged", merged_into=into, decided_by=fact.envelope.actor.id)
        case ReportSplit():
            return replace(report, state="open", merged_into=None, decided_by=None)
        case ReportJoined() as joined:
            return replace(report, joined=(*report.joined, joined))
        case ReportParted(report_id=parted):
            return replace(report, joined=tuple(one for one in report.joined if one.report_id != parted))
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
            message_ids=report.all_messages,
            sender_key=report.sender_key,
        )
    ]


def suggested(report: Report | None, identity: UUID, message: MessageReceived) -> Sequence[Event]:
    """Say what a message may be about, and that somebody may be in danger: the latter once for a report."""
    hints = message.hints
    if hints is None:
        return []
    told: list[Event] = [
        TriageSuggested(
            message_id=identity,
            issues=tuple(hint.code for hint in hints.issues),
            severity=hints.severity,
            danger_now=hints.danger is not None,
            country=hints.country.code if hints.country else None,
        )
    ]
    if hints.danger is not None and not (report and report.in_crisis):
        told.append(CrisisHinted(message_id=identity, channel=message.channel, language=message.language))
    return told


def continued(report: Report, identity: UUID, message: MessageReceived) -> Sequence[Event]:
    """Add what a sender wrote with their receipt, to a decided report as well; a dismissed one is looked at again."""
    added = ReportMessageAdded(message_id=identity, grievance=message.grievance)
    again = ReportReopened(message_id=identity, sender_key=report.sender_key)
    return [added, again] if report.state == "dismissed" else [added]


def reply(text: str, language: str | None) -> Sequence[Event]:
    """Write to who sent the report; they read it with their receipt."""
    return [ReplyAdded(text=text, language=language)]


def dismiss(report: Report, reason: DismissReason, detail: str | None) -> Sequence[Event]:
    """Decide that the report becomes no case."""
    _demand_open(report)
    return [ReportDismissed(reason=reason, detail=detail, sender_key=report.sender_key)]


def link(report: Report, case_id: UUID) -> Sequence[Event]:
    """Decide that the report belongs to a case that exists."""
    _demand_open(report)
    return [ReportLinked(case_id=case_id, sender_key=report.sender_key)]


def merge(report: Report, into: UUID) -> Sequence[Event]:
    """Decide that another report speaks for this one, too."""
    _demand_open(report)
    if report.report_id == into or report.joined:
        raise GateClosedError(
            "merge-once",
            "A report is merged into another one, and not while others are merged into it.",
            opens="Merge the other way round, or split those first.",
        )
    return [ReportMerged(into=into, sender_key=report.sender_key)]


def join(report: Report, other: Report) -> Sequence[Event]:
    """Take another report in."""
    _demand_open(report)
    return [ReportJoined(report_id=other.report_id, message_ids=other.message_ids)]


def split(report: Report) -> Sequence[Event]:
    """Undo a merging."""
    return [ReportSplit(sender_key=report.sender_key)]


def part(report: Report, other: UUID) -> Sequence[Event]:
    """Let a merged report go, as long as nothing was decided about both."""
    _demand_open(report)
    return [ReportParted(report_id=other)]


def reopen(report: Report) -> Sequence[Event]:
    """Decide that a dismissed report, spam for one, was none."""
    if report.state != "dismissed":
        raise GateClosedError("report-dismissed", f"The report is {report.state}.", opens="Only a dismissal is undone.")
    return [ReportReopened(sender_key=report.sender_key)]


def speaks_for_itself(message: MessageReceived) -> bool:
    """Whether a structured message says all that a case opens with."""
    said = message.grievance
    return said is not None and bool(said.issues) and bool(said.country or message.country) and bool(message.language)


def is_within_reach(report: Report, caller: Caller, policy: Policy) -> bool:
    """Whether the caller may decide on the report: of their channels, and not of a kind that only few may read."""
    if caller.channels is not None and report.channel not in caller.channels:
        return False
    reads_restricted = caller.role in policy.restricted.readers or report.decided_by == caller.id
    return reads_restricted or not policy.is_restricted(report.issues)


def demand_channel(caller: Caller | None, channel: str) -> None:
    """Pass who may take in messages of this channel."""
    if caller is not None and caller.channels is not None and channel not in caller.channels:
        raise ForbiddenError(f"This key takes in messages of {', '.join(caller.channels)} only.")


def _demand_open(report: Report) -> None:
    if report.state != "open":
        raise GateClosedError(
            "report-open",
            f"The report was {report.state} already.",
            opens="only an open report can be decided on; work on its case instead",
        )
