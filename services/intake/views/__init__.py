"""What intake answers: `inbox` to the office, `receipts` to who holds one, `progress` of cases for the latter."""

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

__all__ = [
    "CASE_PROGRESS",
    "REPORTS",
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
