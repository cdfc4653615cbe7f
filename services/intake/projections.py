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
        case ReportAccepted() | ReportLinked():
            row.state = "accepted" if isinstance(event, ReportAccepted) else "linked"
            row.case_id = event.case_id
        case ReportRetired():
            row.retained = False
        case ReportDismissed():
            row.state = "dismissed"
            row.dismissed_because = event.reason
    if row.state != "open":
        row.decided_by, row.decided_team = envelope.actor.id, envelope.actor.team
    return row
