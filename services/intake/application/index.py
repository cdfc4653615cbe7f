"""What decisions must know at once: which report of a sender is open."""

from collections.abc import Sequence

from shared.events.envelope import Recorded
from shared.events.intake import ReportAccepted, ReportDismissed, ReportLinked, ReportOpened
from shared.eventstore.index import IndexEntry

OPEN_REPORT = "open-report"


def index(recorded: Recorded) -> Sequence[IndexEntry]:
    """Point from a sender to their open report, until it is decided on."""
    match recorded.event:
        case ReportOpened(sender_key=str(sender_key)):
            return (IndexEntry(OPEN_REPORT, sender_key, str(recorded.envelope.stream_id)),)
        case ReportAccepted(sender_key=str(sender_key)) | ReportDismissed(sender_key=str(sender_key)):
            return (IndexEntry(OPEN_REPORT, sender_key, None),)
        case ReportLinked(sender_key=str(sender_key)):
            return (IndexEntry(OPEN_REPORT, sender_key, None),)
    return ()
