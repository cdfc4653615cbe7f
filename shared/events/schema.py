"""The published language as JSON Schema: one document per event, and one for the envelope around all of them."""

from typing import Any

import msgspec

from shared.events.envelope import Envelope, Event

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def event_schema(kind: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema of the members of an event, as `data` holds them on the wire."""
    return _document(f"{kind.TOPIC}:v{kind.VERSION}", kind)


def envelope_schema() -> dict[str, Any]:
    """Return the JSON Schema of the envelope."""
    return _document("envelope", Envelope)


def schema_name(kind: type[Event]) -> str:
    """Return the name under which the schema of an event is kept; another version is another name."""
    return f"{kind.TOPIC}.v{kind.VERSION}"


def _document(name: str, described: type) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"urn:redress:schema:{name}"} | msgspec.json.schema(described)
