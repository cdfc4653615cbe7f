"""What notify says of subscriptions: where a partner is posted the facts they may see, and how far that got."""

from typing import ClassVar, Literal

from shared.events.envelope import Event, Instant, Personal

SUBSCRIPTION = "notify.subscription"

EndReason = Literal["asked", "gone", "exhausted", "revoked"]


class SubscriptionOpened(Event, frozen=True, kw_only=True):
    """Facts of these types (none: all that may be seen) are posted to `url` from now on, signed with the secret.

    `role`, `scope` and `organisation` are those of whoever asked for it: nothing is posted that they could not read.
    """

    TOPIC: ClassVar[str] = "notify.subscription-opened"
    STREAM: ClassVar[str] = SUBSCRIPTION
    url: Personal
    secret: Personal
    role: str
    scope: str
    organisation: str | None = None
    types: tuple[str, ...] = ()
    cursor: str | None = None


class SubscriptionSecretRotated(Event, frozen=True, kw_only=True):
    """A new secret signs; the one before it signs beside it until `old_until`."""

    TOPIC: ClassVar[str] = "notify.subscription-secret-rotated"
    STREAM: ClassVar[str] = SUBSCRIPTION
    secret: Personal
    old_until: Instant


class SubscriptionAdvanced(Event, frozen=True, kw_only=True):
    """So many facts more were taken by the other side; `cursor` is behind the last of them."""

    TOPIC: ClassVar[str] = "notify.subscription-advanced"
    STREAM: ClassVar[str] = SUBSCRIPTION
    cursor: str
    taken: int


class SubscriptionFailed(Event, frozen=True, kw_only=True):
    """A fact could not be handed over, for the so-manieth time in a row; it is tried again then."""

    TOPIC: ClassVar[str] = "notify.subscription-failed"
    STREAM: ClassVar[str] = SUBSCRIPTION
    attempt: int
    cause: str
    retry_at: Instant


class SubscriptionMoved(Event, frozen=True, kw_only=True):
    """Everything behind this cursor is posted, once more if need be; none: from the first fact on."""

    TOPIC: ClassVar[str] = "notify.subscription-moved"
    STREAM: ClassVar[str] = SUBSCRIPTION
    cursor: str | None = None


class SubscriptionEnded(Event, frozen=True, kw_only=True):
    """Nothing is posted any more: somebody asked for that, the other side answered 410, or it failed too often."""

    TOPIC: ClassVar[str] = "notify.subscription-ended"
    STREAM: ClassVar[str] = SUBSCRIPTION
    reason: EndReason


EVENTS: tuple[type[Event], ...] = (
    SubscriptionOpened,
    SubscriptionSecretRotated,
    SubscriptionAdvanced,
    SubscriptionFailed,
    SubscriptionMoved,
    SubscriptionEnded,
)
