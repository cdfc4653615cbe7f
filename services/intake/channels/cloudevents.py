"""CloudEvents 1.0 over HTTP: one structured event, a batch, or one in binary mode, each carrying a native message.

Source: CloudEvents specification 1.0.2, HTTP protocol binding sections 3.1 to 3.3.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote_to_bytes

from pydantic import ValidationError

from services.intake.channels.native import NativeMessage
from services.intake.channels.untrusted import json_of
from shared.errors import InvalidError, MalformedError, UnsupportedMediaError

SUBMITTED = "redress.intake.message.submitted"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
_REQUIRED = ("specversion", "id", "source", "type")


def events_in(headers: Mapping[str, str], body: bytes, most: int) -> Sequence[dict[str, Any]]:
    """Return the events of a request as attribute mappings with `data`, in whichever of the three modes it came."""
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == BATCH:
        batch = _json(body)
        if not isinstance(batch, list):
            raise MalformedError("A batch is a JSON array of events.")
        if len(batch) > most:
            raise InvalidError(f"A batch holds up to {most} events; send several.", field="batch")
        return batch
    if media == STRUCTURED:
        return [_json(body)]
    if "ce-specversion" in headers:
        attributes = {name[3:]: _decoded(value) for name, value in headers.items() if name.startswith("ce-")}
        return [attributes | {"data": _told(media, body)}]
    raise UnsupportedMediaError(f"Send {STRUCTURED}, {BATCH}, or JSON with ce- headers.")


def message_in(event: object) -> NativeMessage:
    """Read the message of one event; `external_id` and `account` are the event's id and source where left out."""
    if not isinstance(event, dict):
        raise MalformedError("An event is a JSON object.")
    missing = [name for name in _REQUIRED if not isinstance(event.get(name), str) or not event[name]]
    if missing:
        raise InvalidError(f"The event lacks {', '.join(missing)}.", field=missing[0])
    if event["specversion"] != "1.0":
        raise InvalidError("specversion is 1.0.", field="specversion")
    if event["type"] != SUBMITTED:
        raise InvalidError(f"The type taken here is {SUBMITTED}.", field="type")
    data = event.get("data")
    if not isinstance(data, dict):
        raise InvalidError("data is the message as a JSON object.", field="data")
    told = {"external_id": event["id"], "account": event["source"], "occurred_at": event.get("time")}
    try:
        return NativeMessage.model_validate({name: value for name, value in told.items() if value} | data)
    except ValidationError as error:
        broken = [
            {"field": ".".join(("data", *map(str, entry["loc"]))), "rule": entry["msg"]} for entry in error.errors()
        ]
        raise InvalidError("The message breaks a rule.", errors=broken) from None


def _told(media: str, body: bytes) -> Any:
    return _utf8(body) if media.startswith("text/") else _json(body)


def _decoded(value: str) -> str:
    # A header may stand in quotes, and what is not ASCII in it is percent-encoded (section 3.1.3.2).
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    return _utf8(unquote_to_bytes(value))


def _json(body: bytes) -> Any:
    return json_of(_utf8(body).encode())


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise MalformedError("What is sent is UTF-8.") from None
