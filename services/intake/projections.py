"""Facts to rows: the inbox of reports."""

from services.intake.views import REPORTS, ReportRow
from shared.documents.folding import Projection
from shared.events.envelope import Recorded
from shared.events.intake import (
    REPORT,
    Grievance,
    ReportAccepted,
    ReportDismissed,
    ReportLinked,
    ReportMessageAdded,
    ReportOpened,
    ReportRetired,
)
from shared.events.reports import (
    ReplyAdded,
    ReportJoined,
    ReportMerged,
    ReportParted,
    ReportReopened,
    ReportSplit,
    TriageSuggested,
)
from shared.policy import Policy


def inbox(policy: Policy) -> Projection[ReportRow]:
    """Return the view of reports; the policy says which issues only few may read."""

    def folded(row: ReportRow | None, recorded: Recorded) -> ReportRow:
        row = fold(row, recorded)
        match recorded.event:
            case ReportOpened(grievance=Grievance() as said) | ReportMessageAdded(grievance=Grievance() as said):
                row.restricted = row.restricted or policy.is_restricted(said.issues)
            case ReportAccepted(grievance=said):
                row.restricted = row.restricted or policy.is_restricted(said.issues)
            case _:
                pass
        return row

    return Projection(REPORTS, "intake", REPORT, folded)


def fold(row: ReportRow | None, recorded: Recorded) -> ReportRow:
    """Return the row of a report after a fact."""
    event, envelope = recorded.event, recorded.envelope
    if isinstance(event, ReportOpened):
        return ReportRow(
            id=envelope.stream_id,
            state="open",
            channel=event.channel,
            account=event.account,
            opened_at=envelope.occurred_at,
            last_message_at=envelope.occurred_at,
            messages=1,
            waiting_since=envelope.occurred_at,
            language=event.language,
            country=event.country or (event.grievance.country if event.grievance else None),
            issues=event.grievance.issues if event.grievance else (),
            subject=envelope.subject,
        )
    if row is None:
        raise TypeError("a report begins with report-opened")
    match event:
        case ReportMessageAdded():
            row.messages += 1
            row.last_message_at = envelope.occurred_at
            row.waiting_since = row.waiting_since or envelope.occurred_at
        case TriageSuggested():
            row.suggested = tuple(sorted({*row.suggested, *event.issues}))
            row.suggested_severity = min(filter(None, (row.suggested_severity, event.severity)), default=None)
            row.danger_now = row.danger_now or event.danger_now
        case ReplyAdded():
            row.waiting_since = None
        case ReportReopened():
            row.state, row.dismissed_because, row.retained = "open", None, True
            row.decided_by = row.decided_team = None
        case ReportRetired():
            row.retained = False
        case ReportAccepted() | ReportLinked() | ReportDismissed():
            _decide(row, recorded)
        case _:
            _regroup(row, recorded)
    return row


def _regroup(row: ReportRow, recorded: Recorded) -> None:
    match recorded.event:
        case ReportMerged(into=into):
            row.state, row.merged_into = "merged", into
        case ReportSplit():
            row.state, row.merged_into = "open", None
        case ReportJoined(report_id=other):
            row.joined = (*row.joined, other)
        case ReportParted(report_id=other):
            row.joined = tuple(one for one in row.joined if one != other)
        case _:
            pass


def _decide(row: ReportRow, recorded: Recorded) -> None:
    match recorded.event:
        case ReportAccepted(case_id=case_id):
            row.state, row.case_id = "accepted", case_id
        case ReportLinked(case_id=case_id):
            row.state, row.case_id = "linked", case_id
        case ReportDismissed(reason=reason):
            row.state, row.dismissed_because = "dismissed", reason
        case _:
            pass
    row.waiting_since = None
    row.decided_by, row.decided_team = recorded.envelope.actor.id, recorded.envelope.actor.team
