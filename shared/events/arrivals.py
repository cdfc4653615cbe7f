"""What intake says of what else providers send: edits, withdrawals, receipts of delivery, and what nobody could read."""

from typing import ClassVar
from uuid import UUID

from shared.events.envelope import Event, Personal

ARRIVAL = "intake.arrival"


class MessageEdited(Event, frozen=True, kw_only=True):
    """The sender put other words in the place of a message; what was said before stays on record."""

    TOPIC: ClassVar[str] = "intake.message-edited"
    STREAM: ClassVar[str] = ARRIVAL
    channel: str
    account: str
    message_id: UUID
    text: Personal


class MessageWithdrawn(Event, frozen=True, kw_only=True):
    """The sender took a message back; who handles it respects that."""

    TOPIC: ClassVar[str] = "intake.message-withdrawn"
    STREAM: ClassVar[str] = ARRIVAL
    channel: str
    account: str
    message_id: UUID


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


EVENTS: tuple[type[Event], ...] = (MessageEdited, MessageWithdrawn, DeliveryReported, PayloadQuarantined)
