"""What may be said, as pure functions: `reports` of messages and reports, `subjects` of the persons in them."""

from services.intake.domain.reports import (
    Accept,
    DismissReason,
    Report,
    ReportState,
    accept,
    case_id_of,
    demand_channel,
    dismiss,
    evolve,
    is_within_reach,
    link,
    message_id,
    opening,
)

__all__ = [
    "Accept",
    "DismissReason",
    "Report",
    "ReportState",
    "accept",
    "case_id_of",
    "demand_channel",
    "dismiss",
    "evolve",
    "is_within_reach",
    "link",
    "message_id",
    "opening",
]
