"""What may be said, as pure functions: `reports` of messages and reports, `subjects` of the persons in them.

`receipts` makes and reads the code that a sender keeps.
"""

from services.intake.domain.receipts import key_of_message, receipt_key, receipt_of
from services.intake.domain.reports import (
    Accept,
    DismissReason,
    Report,
    ReportState,
    accept,
    case_id_of,
    continued,
    demand_channel,
    dismiss,
    evolve,
    is_within_reach,
    join,
    link,
    merge,
    message_id,
    opening,
    part,
    reopen,
    reply,
    speaks_for_itself,
    split,
    suggested,
)

__all__ = [
    "Accept",
    "DismissReason",
    "Report",
    "ReportState",
    "accept",
    "case_id_of",
    "continued",
    "demand_channel",
    "dismiss",
    "evolve",
    "is_within_reach",
    "join",
    "key_of_message",
    "link",
    "merge",
    "message_id",
    "opening",
    "part",
    "receipt_key",
    "receipt_of",
    "reopen",
    "reply",
    "speaks_for_itself",
    "split",
    "suggested",
]
