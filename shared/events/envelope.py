"""What every event is wrapped in, and the one wire form that is stored, published and hashed alike."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic
from uuid import UUID

import msgspec
from typing_extensions import TypeVar

Personal = Annotated[str, msgspec.Meta(extra_json_schema={"x-personal": True})]
"""A field that says something about the person of its fact: the only kind that sealing, masking and erasure find."""

Accused = Annotated[str, msgspec.Meta(extra_json_schema={"x-personal": True, "x-person": "accused"})]
"""The same about somebody else, whom the person accuses: sealed under a key of its own."""

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its zone; a naive time is refused when it is read."""


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact. `TOPIC` is its stored name, `STREAM` the kind of aggregate it belongs to, `VERSION` its shape.

    Facts are trees, so the collector of cycles need not look at them: that halves the time of a replay.
    """

    TOPIC: ClassVar[str]
    STREAM: ClassVar[str]
    VERSION: ClassVar[int] = 1


class Unreadable(Event, frozen=True):
    """Stands for a fact that this version cannot read: only ever parked, as the wire bytes `state` that it came as."""

    TOPIC = "unreadable"
    STREAM = "unreadable"

    state: bytes = b""


class Actor(msgspec.Struct, frozen=True, gc=False):
    """Who did it: the id of a key or of a part of the system (`system:…`), and the role it acted in."""

    id: str
    role: str
    team: str | None = None


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Everything known about a fact beside the fact. `occurred_at`: when it was true; `recorded_at`: when we knew.

    `subject` is the pseudonym of the person whose key seals the personal fields; None for facts about nobody.
    """

    event_id: UUID
    type: str
    type_version: int
    stream: str
    stream_id: UUID
    stream_version: int
    occurred_at: Instant
    recorded_at: Instant
    actor: Actor
    correlation_id: UUID
    causation_id: UUID | None = None
    traceparent: str | None = None
    tenant: str = "default"
    subject: UUID | None = None


E = TypeVar("E", bound=Event, default=Event)


class Recorded(msgspec.Struct, Generic[E], frozen=True, gc=False):
    """A fact as it lies in the log. `position` is its number in the notification log of its service, from 1."""

    envelope: Envelope
    event: E
    position: int

    @property
    def originator_id(self) -> UUID:
        """The stream, under the name that the event-sourcing library knows."""
        return self.envelope.stream_id

    @property
    def originator_version(self) -> int:
        """The stream version, under the name that the event-sourcing library knows."""
        return self.envelope.stream_version


class _Wire(msgspec.Struct, frozen=True, gc=False):
    envelope: Envelope
    data: msgspec.Raw


_wire_decoder = msgspec.json.Decoder(_Wire)
_encode = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical").encode


def encode(envelope: Envelope, event: Event) -> bytes:
    """Return the stored bytes: JSON with the members `envelope` and `data`, fields in declared order."""
    return _encode(_Wire(envelope, msgspec.Raw(_encode(event))))


def decode(data: bytes) -> tuple[Envelope, msgspec.Raw]:
    """Read the envelope; the fact itself stays undecoded bytes until its class is known."""
    wire = _wire_decoder.decode(data)
    return wire.envelope, wire.data


def whole_decoder(kind: type[Event]) -> msgspec.json.Decoder[Any]:
    """Return a decoder that reads envelope and fact of one class in one go, as `.envelope` and `.data`."""
    wire = msgspec.defstruct("Whole", [("envelope", Envelope), ("data", kind)], frozen=True, gc=False)
    return msgspec.json.Decoder(wire)


Registry = Mapping[str, type[Event]]
"""Stored name -> the class that reads it."""
