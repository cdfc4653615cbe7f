"""What notify says: who could be told what, and whether it went out."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.envelope import Event, Instant, Personal
from shared.events.values import ContactChannel, SafeContact

NOTIFICATION = "notify.notification"
RECIPIENT = "notify.recipient"

Occasion = Literal["acknowledgement", "escalation", "answer", "closure", "break-glass"]
Audience = Literal["complainant", "respondent", "supervisor"]


class RecipientRegistered(Event, frozen=True, kw_only=True):
    """How the complainant of a case, an organisation or a supervisor may be told; none: nothing may be sent."""

    TOPIC: ClassVar[str] = "notify.recipient-registered"
    STREAM: ClassVar[str] = RECIPIENT
    audience: Audience
    number: str | None = None
    contact: SafeContact | None = None


class NotificationQueued(Event, frozen=True, kw_only=True):
    """A text was rendered and waits to be delivered."""

    TOPIC: ClassVar[str] = "notify.notification-queued"
    STREAM: ClassVar[str] = NOTIFICATION
    case_id: UUID
    occasion: Occasion
    audience: Audience
    channel: ContactChannel
    address: Personal
    language: str
    template: str
    subject: str
    body: Personal


class NotificationSent(Event, frozen=True, kw_only=True):
    """The channel took the text."""

    TOPIC: ClassVar[str] = "notify.notification-sent"
    STREAM: ClassVar[str] = NOTIFICATION
    attempt: int
    channel_reference: str | None = None


class NotificationFailed(Event, frozen=True, kw_only=True):
    """One attempt failed; without `retry_at` it was the last. `cause` is a class of failure, never the address."""

    TOPIC: ClassVar[str] = "notify.notification-failed"
    STREAM: ClassVar[str] = NOTIFICATION
    attempt: int
    cause: str
    retry_at: Instant | None = None


class NotificationSuppressed(Event, frozen=True, kw_only=True):
    """Nothing was sent, on purpose, and why."""

    TOPIC: ClassVar[str] = "notify.notification-suppressed"
    STREAM: ClassVar[str] = NOTIFICATION
    case_id: UUID
    occasion: Occasion
    audience: Audience
    reason: str


EVENTS: tuple[type[Event], ...] = (
    RecipientRegistered,
    NotificationQueued,
    NotificationSent,
    NotificationFailed,
    NotificationSuppressed,
)
