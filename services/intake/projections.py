"""Facts to rows: the inbox of reports."""

from services.intake.views import REPORTS, ReportRow
from shared.documents.folding import Projection
from shared.events.envelope import Recorded
from shared.events.intake import (
    REPORT,
    ReportAccepted,
    ReportDismissed,
    ReportLinked,
    ReportMessageAdded,
    ReportOpened,
    ReportRetired,
)


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
    return row


INBOX = Projection(REPORTS, "intake", REPORT, fold)
