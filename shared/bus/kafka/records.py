"""Facts as Kafka records and back: CloudEvents 1.0 in binary mode, the stored bytes unchanged as the value.

Source: CloudEvents Kafka protocol binding 1.0.2, section 3.2; the extensions `sequence`, `traceparent`, and our own
`position` (the fact's number in the log of its service) and `tenant`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from shared.errors import CorruptRecordError
from shared.events import envelope
from shared.events.envelope import Recorded
from shared.eventstore.mapper import EventMapper
from shared.eventstore.store import Stored

Headers = Sequence[tuple[str, bytes]]


class Outgoing(NamedTuple):
    """A record on its way to a topic."""

    stream: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class _Head(msgspec.Struct, frozen=True, gc=False):
    """What the headers say of an envelope, as it is written there."""

    event_id: str
    type: str
    stream: str
    stream_id: str
    stream_version: int
    occurred_at: str
    traceparent: str | None = None
    tenant: str = "default"


class _Wire(msgspec.Struct, frozen=True, gc=False):
    envelope: _Head


_read_head = msgspec.json.Decoder(_Wire).decode
_CONTENT = ("content-type", b"application/json")
_VERSION = ("ce_specversion", b"1.0")


def outgoing(stored: Stored) -> Outgoing:
    """Return the record of a stored fact; its key is the stream id, so that a stream keeps its order."""
    head = _read_head(stored.state).envelope
    key = head.stream_id.encode()
    headers = [
        _CONTENT,
        _VERSION,
        ("ce_id", head.event_id.encode()),
        ("ce_source", b"urn:redress:" + head.stream.partition(".")[0].encode()),
        ("ce_type", head.type.encode()),
        ("ce_time", head.occurred_at.encode()),
        ("ce_subject", key),
        ("ce_sequence", b"%d" % head.stream_version),
        ("ce_position", b"%d" % stored.position),
        ("ce_tenant", head.tenant.encode()),
    ]
    if head.traceparent is not None:
        headers.append(("ce_traceparent", head.traceparent.encode()))
    return Outgoing(head.stream, key, stored.state, headers)


def incoming(
    mapper: EventMapper, topic: str, offset: int, headers: Iterable[tuple[str, bytes]], value: bytes
) -> Recorded:
    """Return the fact of a record, with its place in the partition as position: the offset, counted from 1.

    One that this version of Redress cannot read comes as `Unreadable`, so that it can be parked.
    """
    said: Mapping[str, bytes] = dict(headers)
    position = offset + 1
    try:
        return mapper.read(said["ce_type"].decode(), value, position)
    except (CorruptRecordError, KeyError):
        return _unreadable(topic, said, value, position)


def position_of(headers: Iterable[tuple[str, bytes]]) -> int | None:
    """Return the number in the log of its service that a record says it has; None when it says none."""
    said = dict(headers).get("ce_position", b"")
    return int(said) if said.isdigit() else None


def _unreadable(topic: str, said: Mapping[str, bytes], value: bytes, position: int) -> Recorded:
    try:
        head, _data = envelope.decode(value)
    except msgspec.MsgspecError as error:
        raise CorruptRecordError(
            f"The record {position - 1} of {topic} has no envelope (it names stream "
            f"{_stream_of(said)}); somebody else has written to this topic: take that right away, and publish anew."
        ) from error
    return Recorded(head, envelope.Unreadable(state=value), position)


def _stream_of(said: Mapping[str, bytes]) -> str:
    try:
        return str(UUID(said.get("ce_subject", b"").decode()))
    except ValueError:
        return "unknown"
