"""What notify says: who could be told what, and whether it went out."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.envelope import Event, Instant, Personal
from shared.events.privacy import FieldsViewed
from shared.events.values import ContactChannel, SafeContact

NOTIFICATION = "notify.notification"
RECIPIENT = "notify.recipient"
ACCESS = "notify.access"

SeenTo = Literal["told", "not-reached", "not-needed"]
Occasion = Literal[
    "acknowledgement",
    "escalation",
    "answer",
    "closure",
    "break-glass",
    "state",
    "remedy-check",
    "assignment",
    "crisis",
    "overdue",
    "reminder",
    "invitation",
    "retaliation",
    "pattern",
    "override",
    "appeal",
    "question",
    "ledger-key",
    "ledger-renewed",
    "policy",
    "redaction",
]
Audience = Literal[
    "complainant", "respondent", "supervisor", "safeguarding", "operator", "brand", "government", "witness"
]


class RecipientRegistered(Event, frozen=True, kw_only=True):
    """How somebody may be told: a complainant, an organisation, the office, a witness; none: nothing may be sent."""

    TOPIC: ClassVar[str] = "notify.recipient-registered"
    STREAM: ClassVar[str] = RECIPIENT
    audience: Audience
    number: str | None = None
    contact: SafeContact | None = None


class NotificationQueued(Event, frozen=True, kw_only=True):
    """A text was rendered and waits to be delivered; `rules` is the version of the rules that asked for it.

    `only`: on no other channels; none: on any.
    """

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
    only: tuple[ContactChannel, ...] = ()
    recipient_id: UUID | None = None
    not_before: Instant | None = None
    expires_at: Instant | None = None
    rules: str | None = None


class AttemptStarted(Event, frozen=True, kw_only=True):
    """An attempt begins; `may_repeat`: the one before it ended in a crash and may have gone out already."""

    TOPIC: ClassVar[str] = "notify.attempt-started"
    STREAM: ClassVar[str] = NOTIFICATION
    attempt: int
    may_repeat: bool = False


class NotificationPostponed(Event, frozen=True, kw_only=True):
    """It is not safe just now, or not any more at the hour it was queued for: not before `until`."""

    TOPIC: ClassVar[str] = "notify.notification-postponed"
    STREAM: ClassVar[str] = NOTIFICATION
    until: Instant


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


class NotificationMoved(Event, frozen=True, kw_only=True):
    """The way before led nowhere, and why: it goes on by the next one that the recipient allowed and that is safe."""

    TOPIC: ClassVar[str] = "notify.notification-moved"
    STREAM: ClassVar[str] = NOTIFICATION
    channel: ContactChannel
    address: Personal
    reason: str
    not_before: Instant | None = None


class NotificationSuppressed(Event, frozen=True, kw_only=True):
    """Nothing was sent, on purpose, and why; `person`: no machine may write, so somebody of the office sees to it."""

    TOPIC: ClassVar[str] = "notify.notification-suppressed"
    STREAM: ClassVar[str] = NOTIFICATION
    case_id: UUID
    occasion: Occasion
    audience: Audience
    reason: str
    person: bool = False
    rules: str | None = None


class PersonTold(Event, frozen=True, kw_only=True):
    """Somebody of the office saw to what no machine may send; `outcome` says how, in a code."""

    TOPIC: ClassVar[str] = "notify.person-told"
    STREAM: ClassVar[str] = NOTIFICATION
    outcome: SeenTo


DeliveryState = Literal["delivered", "read", "undelivered"]


class DeliveryConfirmed(Event, frozen=True, kw_only=True):
    """The provider told later what became of what it had taken: it arrived, was read, or never arrived.

    `attempt` is the one that it speaks of; none where there was a single way.
    """

    TOPIC: ClassVar[str] = "notify.delivery-confirmed"
    STREAM: ClassVar[str] = NOTIFICATION
    state: DeliveryState
    attempt: int | None = None


class LetterFieldsViewed(FieldsViewed, frozen=True, kw_only=True):
    """Somebody opened a letter to print it; put on record before they saw it."""

    TOPIC: ClassVar[str] = "notify.letter-fields-viewed"
    STREAM: ClassVar[str] = ACCESS


EVENTS: tuple[type[Event], ...] = (
    RecipientRegistered,
    NotificationQueued,
    AttemptStarted,
    NotificationPostponed,
    NotificationSent,
    NotificationFailed,
    NotificationMoved,
    NotificationSuppressed,
    PersonTold,
    LetterFieldsViewed,
    DeliveryConfirmed,
)
