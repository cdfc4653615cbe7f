"""What intake answers: `inbox` and `waiting` to the office, `receipts` (on `progress` of cases) to workers."""

from services.intake.views.alike import AlikeViews
from services.intake.views.inbox import (
    REPORTS,
    IntakeViews,
    ReportRow,
    listed,
    viewed_themselves,
    within_reach,
)
from services.intake.views.progress import CASE_PROGRESS, progress_projection
from services.intake.views.receipts import ReceiptViews, Reply, Standing
from services.intake.views.waiting import InboxViews

__all__ = [
    "CASE_PROGRESS",
    "REPORTS",
    "AlikeViews",
    "InboxViews",
    "IntakeViews",
    "ReceiptViews",
    "Reply",
    "ReportRow",
    "Standing",
    "listed",
    "progress_projection",
    "viewed_themselves",
    "within_reach",
]
