"""What intake says of reports beyond their opening: the talk with who sent them."""

from typing import ClassVar
from uuid import UUID

from shared.events.envelope import Event, Personal
from shared.events.intake import REPORT


class ReplyAdded(Event, frozen=True, kw_only=True):
    """The office wrote something for who sent the report; it is read with the receipt."""

    TOPIC: ClassVar[str] = "intake.reply-added"
    STREAM: ClassVar[str] = REPORT
    text: Personal
    language: str | None = None


class ReportReopened(Event, frozen=True, kw_only=True):
    """A dismissed report waits for a decision again, because who sent it wrote on."""

    TOPIC: ClassVar[str] = "intake.report-reopened"
    STREAM: ClassVar[str] = REPORT
    message_id: UUID
    sender_key: str | None = None


EVENTS: tuple[type[Event], ...] = (ReplyAdded, ReportReopened)
