"""What must be known at once: the open report of a sender, the message of a receipt, the tenant of a person."""

from collections.abc import Callable, Sequence
from uuid import UUID

from shared.events.envelope import Recorded
from shared.events.intake import MessageReceived, ReportAccepted, ReportDismissed, ReportLinked, ReportOpened
from shared.events.reports import ReportMerged, ReportReopened, ReportSplit
from shared.eventstore.index import IndexEntry, Indexer

OPEN_REPORT = "open-report"
LAST_REPORT = "last-report"
RECEIPT = "receipt"
TENANT = "tenant-of-person"


def indexer(receipt_key: Callable[[UUID], str]) -> Indexer:
    """Return the index of intake; `receipt_key` tells under what the receipt of a message is found."""

    def index_all(recorded: Recorded) -> Sequence[IndexEntry]:
        if isinstance(recorded.event, MessageReceived):
            head = recorded.envelope
            entry = IndexEntry(RECEIPT, receipt_key(head.stream_id), str(head.stream_id))
            return (entry, *([IndexEntry(TENANT, head.subject.hex, head.tenant)] if head.subject else ()))
        return index(recorded)

    return index_all


def index(recorded: Recorded) -> Sequence[IndexEntry]:
    """Point from a sender to their open report, until it is decided on."""
    match recorded.event:
        case ReportOpened(sender_key=str(sender_key)):
            report_id = str(recorded.envelope.stream_id)
            return (IndexEntry(OPEN_REPORT, sender_key, report_id), IndexEntry(LAST_REPORT, sender_key, report_id))
        case ReportAccepted(sender_key=str(sender_key)) | ReportDismissed(sender_key=str(sender_key)):
            return (IndexEntry(OPEN_REPORT, sender_key, None),)
        case ReportLinked(sender_key=str(sender_key)) | ReportMerged(sender_key=str(sender_key)):
            return (IndexEntry(OPEN_REPORT, sender_key, None),)
        case ReportReopened(sender_key=str(sender_key)) | ReportSplit(sender_key=str(sender_key)):
            return (IndexEntry(OPEN_REPORT, sender_key, str(recorded.envelope.stream_id)),)
    return ()
