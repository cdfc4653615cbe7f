"""The HTTP face of intake: messages from channels, and the inbox of reports."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.intake.api.attachments import attachments_router
from services.intake.api.inbox import inbox_router
from services.intake.api.merging import alike_router, merging_router
from services.intake.api.messages import messages_router, submitting_router
from services.intake.api.quarantine import channels_router, quarantine_router
from services.intake.api.receipt_page import receipt_page
from services.intake.api.receipts import ReceiptDesk, receipts_router
from services.intake.api.reports import deciding_router, reports_router
from services.intake.api.subjects import proofs_router, subjects_router
from services.intake.api.webhooks import Hooks, webhooks_router
from services.intake.application import Intake, Subjects
from services.intake.templates import load_words
from services.intake.views import AlikeViews, InboxViews, IntakeViews, ReceiptViews

__all__ = ["Hooks", "attachments_router", "channels_router", "quarantine_router", "routers", "webhooks_router"]


def routers(
    intake: Intake,
    subjects: Subjects,
    views: IntakeViews,
    *,
    waiting: InboxViews,
    alike: AlikeViews,
    receipts: ReceiptViews,
    batch_limit: int,
) -> Sequence[APIRouter]:
    """Return every route of this service, the busiest first."""
    desk = ReceiptDesk(intake, receipts, load_words())
    return (
        submitting_router(intake, batch_limit),
        messages_router(views),
        deciding_router(intake, views),
        inbox_router(waiting),
        reports_router(views),
        alike_router(alike),
        merging_router(intake, views),
        receipts_router(desk),
        receipt_page(desk),
        subjects_router(subjects),
        proofs_router(subjects),
    )
