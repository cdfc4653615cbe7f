"""From the grievance to the desk: opening, acknowledgement, triage, assignment, notes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.cases.domain.commands import Acknowledge, AddNote, Assign, OpenCase, RecordSatisfaction, TriageCase
from services.cases.domain.gates import known_issues, said, still_open
from services.cases.domain.state import Case
from shared.errors import GateClosedError, InvalidError
from shared.events import cases as facts
from shared.events.envelope import Event
from shared.events.intake import Grievance, ReportAccepted
from shared.policy import Policy


def open_case(command: OpenCase, *, number: str, at: datetime, policy: Policy) -> Sequence[Event]:
    """Open a case; its first duty is to acknowledge it."""
    known_issues(command.issues, policy)
    channel, language = said(command.channel, "channel"), said(command.language, "language")
    return [_opened(command, channel=channel, language=language, number=number, at=at, policy=policy)]


def open_accepted(
    report: ReportAccepted, *, report_id: UUID, number: str, at: datetime, policy: Policy
) -> Sequence[Event]:
    """Open the case of an accepted report. Its issues are what the sender suggested; triage decides on them."""
    channel, language = report.channel, report.language
    opened = _opened(report.grievance, channel=channel, language=language, number=number, at=at, policy=policy)
    return [replace(opened, report_id=report_id)]


def acknowledge(case: Case, command: Acknowledge, *, at: datetime, policy: Policy) -> Sequence[Event]:
    """Record the acknowledgement on a safe channel, or why there was none; a second one says nothing new."""
    term = policy.durations.feedback
    feedback_by = policy.due(term, at) if term else None
    still_open(case)
    if command.channel is not None and command.no_safe_channel_because is not None:
        raise InvalidError("Name a channel or say why none is safe, not both.", field="no_safe_channel_because")
    if command.no_safe_channel_because is not None:
        reason = said(command.no_safe_channel_because, "no_safe_channel_because")
        fact = facts.CaseAcknowledged(no_safe_channel_because=reason, feedback_by=feedback_by)
    else:
        fact = facts.CaseAcknowledged(channel=_safe_channel(case, command), feedback_by=feedback_by)
    return [] if case.acknowledged_at is not None else [fact]


def triage(case: Case, command: TriageCase, *, at: datetime, policy: Policy) -> Sequence[Event]:
    """Decide what the case is about, how grave it is, and whether it is ours to handle."""
    still_open(case)
    issues = known_issues(command.issues, policy)
    if not issues:
        raise InvalidError("A triage names at least one issue.", field="issues")
    severity = _severity(command, policy.worst_severity(issues), policy)
    return [
        facts.CaseTriaged(
            issues=issues,
            severity=severity,
            severity_reason=command.severity_reason,
            admissible=command.admissible,
            admissibility_reason=said(command.admissibility_reason, "admissibility_reason"),
            danger_now=command.danger_now,
            safety_note=command.safety_note,
            assess_by=policy.due(policy.severities[severity].respond_within, at) if command.admissible else None,
        )
    ]


def assign(case: Case, command: Assign) -> Sequence[Event]:
    """Make somebody the handler; naming the same one again says nothing new."""
    still_open(case)
    assignee = said(command.assignee, "assignee")
    if assignee in case.kept_out:
        raise GateClosedError(
            "conflict-of-interest",
            "A conflict of interest of this person is on record.",
            opens="Assign another person, or let another person lift the conflict first.",
        )
    if (case.assignee, case.team) == (assignee, command.team):
        return []
    return [facts.CaseAssigned(assignee=assignee, team=command.team)]


def note(_case: Case, command: AddNote) -> Sequence[Event]:
    """Write down what another handler must know; a closed case takes notes too."""
    return [facts.NoteAdded(text=said(command.text, "text"))]


def record_satisfaction(case: Case, command: RecordSatisfaction, *, by: str) -> Sequence[Event]:
    """Write down how content the complainant is; whoever handles the case cannot be the one who asked."""
    if by == case.assignee:
        raise GateClosedError(
            "asked-by-another",
            "The handler of a case cannot ask how content the complainant is.",
            opens="Let somebody else ask, and write it down.",
        )
    return [facts.SatisfactionRecorded(stars=command.stars)]


def _opened(
    words: OpenCase | Grievance, *, channel: str, language: str, number: str, at: datetime, policy: Policy
) -> facts.CaseOpened:
    return facts.CaseOpened(
        number=number,
        channel=channel,
        language=language,
        acknowledge_by=policy.due(policy.durations.acknowledge, at),
        summary=words.summary,
        country=words.country,
        sector=words.sector,
        site=words.site,
        workers=words.workers,
        issues=tuple(dict.fromkeys(words.issues)),
        complainant=words.complainant,
        safe_contact=words.safe_contact,
        statistics_consent=words.statistics_consent,
        told_by=words.told_by,
        happened_on=words.happened_on,
    )


def _safe_channel(case: Case, command: Acknowledge) -> str:
    if command.channel is not None:
        return said(command.channel, "channel")
    if case.safe_contact is not None:
        return case.safe_contact.channel
    raise GateClosedError(
        "safe-channel",
        "The complainant named no safe channel.",
        opens="Name the channel on which it was safe to answer, or give 'no_safe_channel_because'.",
    )


def _severity(command: TriageCase, default: str, policy: Policy) -> str:
    if command.severity is None or command.severity == default:
        return default
    if command.severity not in policy.severities:
        raise InvalidError(f"'severity' is one of {', '.join(sorted(policy.severities))}.", field="severity")
    if command.severity_reason is None or not command.severity_reason.strip():
        raise GateClosedError(
            "severity-reason",
            f"The issues have the default severity {default}; another one was given without a reason.",
            opens="Give 'severity_reason', or leave 'severity' out.",
        )
    return command.severity
