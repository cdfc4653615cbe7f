"""The published language as an AsyncAPI 3.0 document: which topics there are, what is said on them, who hears it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from shared.events.envelope import Envelope, Event
from shared.events.schema import schema_name

BINDING = "0.5.0"
_HEADERS = {
    "ce_specversion": {"const": "1.0"},
    "ce_id": {"type": "string", "format": "uuid", "description": "The envelope's event_id."},
    "ce_source": {"type": "string", "description": "The service, as urn:redress:SERVICE."},
    "ce_time": {"type": "string", "format": "date-time", "description": "The envelope's occurred_at."},
    "ce_subject": {"type": "string", "format": "uuid", "description": "The envelope's stream_id."},
    "ce_sequence": {"type": "string", "pattern": "^[0-9]+$", "description": "The envelope's stream_version."},
}

Hearing = Mapping[str, Sequence[type[Event]]]
"""Service -> the events that it does something about."""


def asyncapi(events: Iterable[type[Event]], heard: Hearing, version: str) -> dict[str, Any]:
    """Return the document that describes these events and who hears them."""
    kinds = sorted(events, key=lambda kind: kind.TOPIC)
    _, schemas = msgspec.json.schema_components((Envelope, *kinds), ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Redress events",
            "version": version,
            "description": "Stored events are the published events. The key is the stream id, so a stream keeps its "
            "order; accept per stream only `stream_version == last + 1`: a lower one is a duplicate, a higher a gap.",
        },
        "defaultContentType": "application/json",
        "channels": {stream: _channel(stream, kinds) for stream in sorted({kind.STREAM for kind in kinds})},
        "operations": _said(kinds) | _heard(heard),
        "components": {"messages": {schema_name(kind): _message(kind) for kind in kinds}, "schemas": schemas},
    }


def _channel(stream: str, kinds: Iterable[type[Event]]) -> dict[str, Any]:
    topic = f"redress.{stream}.v1"
    return {
        "address": topic,
        "bindings": {"kafka": {"bindingVersion": BINDING, "topic": topic}},
        "messages": {
            schema_name(kind): {"$ref": f"#/components/messages/{schema_name(kind)}"}
            for kind in kinds
            if stream == kind.STREAM
        },
    }


def _message(kind: type[Event]) -> dict[str, Any]:
    return {
        "name": kind.TOPIC,
        "summary": (kind.__doc__ or "").partition("\n")[0],
        "headers": {
            "type": "object",
            "properties": _HEADERS | {"ce_type": {"const": kind.TOPIC}},
            "required": ["ce_type", *_HEADERS],
        },
        "payload": {
            "type": "object",
            "properties": {
                "envelope": {"$ref": "#/components/schemas/Envelope"},
                "data": {"$ref": f"#/components/schemas/{kind.__name__}"},
            },
            "required": ["envelope", "data"],
        },
        "bindings": {"kafka": {"bindingVersion": BINDING, "key": {"type": "string", "format": "uuid"}}},
    }


def _said(kinds: Sequence[type[Event]]) -> dict[str, Any]:
    return {
        f"{stream}.said": _operation("send", stream, [kind for kind in kinds if stream == kind.STREAM])
        for stream in sorted({kind.STREAM for kind in kinds})
    }


def _heard(heard: Hearing) -> dict[str, Any]:
    operations = {}
    for service, kinds in sorted(heard.items()):
        for stream in sorted({kind.STREAM for kind in kinds}):
            mine = [kind for kind in kinds if stream == kind.STREAM]
            operations[f"{service}.hears.{stream}"] = _operation("receive", stream, mine)
    return operations


def _operation(action: str, stream: str, kinds: Iterable[type[Event]]) -> dict[str, Any]:
    channel = f"#/channels/{stream}"
    names = sorted(schema_name(kind) for kind in kinds)
    return {
        "action": action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in names],
    }
