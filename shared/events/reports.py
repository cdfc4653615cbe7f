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


class TriageSuggested(Event, frozen=True, kw_only=True):
    """Lists of phrases say what a message of the report may be about; a person decides.

    The words that led to it lie sealed in the message.
    """

    TOPIC: ClassVar[str] = "intake.triage-suggested"
    STREAM: ClassVar[str] = REPORT
    message_id: UUID
    issues: tuple[str, ...] = ()
    severity: str | None = None
    danger_now: bool = False
    country: str | None = None


class CrisisHinted(Event, frozen=True, kw_only=True):
    """Words of a message say that somebody is in danger now: told once for a report, to whoever is on duty."""

    TOPIC: ClassVar[str] = "intake.crisis-hinted"
    STREAM: ClassVar[str] = REPORT
    message_id: UUID
    channel: str
    language: str | None = None


EVENTS: tuple[type[Event], ...] = (ReplyAdded, ReportReopened, TriageSuggested, CrisisHinted)
