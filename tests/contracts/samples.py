"""A full example of an event made from its schema, with the text that real people write."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from shared.events.envelope import Envelope, Event, encode
from shared.events.schema import envelope_schema, event_schema

SAID = 'အလုပ်ရှင်က "passport" ယူထား · ค่าแรง \\ ฿1,200\nទេ'


def sample(kind: type[Event]) -> bytes:
    """Return the wire bytes of an example in which every member is filled."""
    members = _value(envelope_schema(), {}, "envelope")
    members |= {"type": kind.TOPIC, "type_version": kind.VERSION, "stream": kind.STREAM}
    event = msgspec.convert(_value(event_schema(kind), {}, kind.TOPIC), kind)
    return encode(msgspec.convert(members, Envelope), event)


def _value(schema: Mapping[str, Any], parts: Mapping[str, Any], name: str) -> Any:
    parts = schema.get("$defs", parts)
    if "$ref" in schema:
        return _value(parts[schema["$ref"].rsplit("/", 1)[-1]], parts, name)
    if "anyOf" in schema:
        return _value(next(one for one in schema["anyOf"] if one.get("type") != "null"), parts, name)
    if "properties" in schema:
        return {key: _value(part, parts, f"{name}.{key}") for key, part in schema["properties"].items()}
    match schema.get("type"):
        case "object":
            return {"first column": _value(schema["additionalProperties"], parts, name)}
        case "array":
            return [_value(schema["items"], parts, f"{name}.{number}") for number in (1, 2)]
    return _scalar(schema, name)


def _scalar(schema: Mapping[str, Any], name: str) -> str | int | float:
    if "enum" in schema:
        last: str = schema["enum"][-1]
        return last
    plain = SAID if "x-personal" in schema else name.rsplit(".", 1)[-1]
    formats = {
        "uuid": str(uuid5(NAMESPACE_URL, name)),
        "date-time": "2026-03-01T09:30:00.123456+07:00",
        "date": "2026-04-30",
        "decimal": "1234.50",
    }
    types = {"integer": 2, "boolean": True, "number": 0.5}
    return types.get(schema["type"]) or formats.get(schema.get("format", ""), plain)
