"""Old shapes of events read as today's: one step per version, applied in order before the class reads it."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec

from shared.errors import CorruptRecordError
from shared.events.envelope import Event

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTERS: Mapping[tuple[str, int], Upcaster] = {}
"""(stored name, version it was stored with) -> the members as the next version has them."""


def read(
    kind: type[Event],
    stored_version: int,
    data: msgspec.Raw,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> Event:
    """Decode the members of an event that was stored with `stored_version` as its class of today."""
    if stored_version > kind.VERSION:
        raise CorruptRecordError(
            f"A stored {kind.TOPIC} of version {stored_version} was written by a newer Redress; run that one."
        )
    try:
        if stored_version == kind.VERSION:
            return _decoder(kind).decode(data)
        members = msgspec.json.decode(data, type=dict[str, Any])
        for version in range(stored_version, kind.VERSION):
            members = upcasters[kind.TOPIC, version](members)
        return msgspec.convert(members, kind)
    except (msgspec.MsgspecError, KeyError) as error:
        raise CorruptRecordError(
            f"A stored {kind.TOPIC} of version {stored_version} does not read as version {kind.VERSION}; "
            "add the missing step to shared/events/upcasting.py or restore the record from a back-up."
        ) from error


@cache
def _decoder(kind: type[Event]) -> msgspec.json.Decoder[Event]:
    return msgspec.json.Decoder(kind)
