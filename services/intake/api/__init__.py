"""The HTTP face of intake: messages from channels, and the inbox of reports."""

from services.intake.api.messages import messages_router
from services.intake.api.reports import reports_router

__all__ = ["messages_router", "reports_router"]
