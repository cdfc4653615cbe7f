"""What intake says of what else providers send: edits, withdrawals, receipts of delivery, what nobody could read."""

from typing import ClassVar
from uuid import UUID

from shared.events.envelope import Event, Personal
from shared.ids import derived_id

ARRIVAL = "intake.arrival"
CHANGES = "intake.changes"
"""What happened to one message after it came; a stream of its own, named by the message."""


class MessageEdited(Event, frozen=True, kw_only=True):
    """The sender put other words in the place of a message; what was said before stays on record.

    `key` stands for the provider's own id of the change: the same one again is the same change.
    """

    TOPIC: ClassVar[str] = "intake.message-edited"
    STREAM: ClassVar[str] = CHANGES
    channel: str
    account: str
    message_id: UUID
    key: str
    text: Personal


class MessageWithdrawn(Event, frozen=True, kw_only=True):
    """The sender took a message back; who handles it respects that."""

    TOPIC: ClassVar[str] = "intake.message-withdrawn"
    STREAM: ClassVar[str] = CHANGES
    channel: str
    account: str
    message_id: UUID
    key: str


class DeliveryReported(Event, frozen=True, kw_only=True):
    """The provider says what became of a message of ours; `state` is its own word, `provider_id` what it called it."""

    TOPIC: ClassVar[str] = "intake.delivery-reported"
    STREAM: ClassVar[str] = ARRIVAL
    channel: str
    account: str
    provider_id: Personal
    state: str


class PayloadQuarantined(Event, frozen=True, kw_only=True):
    """Something authentic came in that is no message, or could not be read; it is kept as it came.

    `raw` is text, or `base64:` and the bytes where they are no UTF-8.
    """

    TOPIC: ClassVar[str] = "intake.payload-quarantined"
    STREAM: ClassVar[str] = ARRIVAL
    channel: str
    account: str
    reason: str
    raw: Personal
    headers: Personal | None = None


def changes_of(message_id: UUID) -> UUID:
    """Return the stream of what happened to a message after it came."""
    return derived_id("changes-of-message", str(message_id))


EVENTS: tuple[type[Event], ...] = (MessageEdited, MessageWithdrawn, DeliveryReported, PayloadQuarantined)
