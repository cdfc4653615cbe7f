"""Cases as event logs for tools of process mining: XES (IEEE 1849-2016) and OCEL 2.0 JSON, case by case, or flat."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from xml.sax.saxutils import quoteattr

import msgspec

from services.reporting.views.conformance import breaches
from services.reporting.views.trails import Entry, Trail
from shared.events import MODULES, cases
from shared.events.envelope import Event

XES_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Identity" prefix="identity" uri="http://www.xes-standard.org/identity.xesext"/>
<global scope="trace"><string key="concept:name" value="unknown"/></global>
<global scope="event"><string key="concept:name" value="unknown"/><date key="time:timestamp" \
value="1970-01-01T00:00:00.000+00:00"/></global>
<classifier name="activity" keys="concept:name"/>
"""


async def xes(trails: AsyncIterator[Trail], now: datetime) -> AsyncIterator[bytes]:
    """Write cases as traces; `redress:breach` names the rules that a fact broke, by then or by `now`."""
    yield XES_HEAD.encode()
    async for trail in trails:
        broken = _broken(trail, now)
        events = "".join(_xes_event(entry, broken.get(entry.envelope.stream_version, [])) for entry in trail.entries)
        name = _attribute("string", "concept:name", str(trail.id))
        number = _attribute("string", "redress:number", trail.number or "")
        yield f"<trace>{name}{number}{events}</trace>\n".encode()
    yield b"</log>\n"


def _xes_event(entry: Entry, broken: Sequence[str]) -> str:
    head = entry.envelope
    parts = [
        _attribute("string", "concept:name", head.type),
        _attribute("date", "time:timestamp", _written(head.occurred_at)),
        _attribute("date", "redress:recorded", _written(head.recorded_at)),
        _attribute("string", "org:resource", head.actor.id),
        _attribute("string", "org:role", head.actor.role),
        _attribute("id", "identity:id", str(head.event_id)),
    ]
    if broken:
        parts.append(_attribute("string", "redress:breach", " ".join(dict.fromkeys(broken))))
    return f"<event>{''.join(parts)}</event>"


def _attribute(kind: str, key: str, value: str) -> str:
    return f"<{kind} key={quoteattr(key)} value={quoteattr(value)}/>"


FLAT = {
    "case:concept:name": "VARCHAR",
    "case:redress:number": "VARCHAR",
    "concept:name": "VARCHAR",
    "time:timestamp": "TIMESTAMPTZ",
    "redress:recorded": "TIMESTAMPTZ",
    "org:resource": "VARCHAR",
    "org:role": "VARCHAR",
    "redress:version": "BIGINT",
    "redress:breach": "VARCHAR",
    "identity:id": "VARCHAR",
}
"""Columns of the flat log, named as tools name them that read XES, and their types in SQL."""


async def flat(trails: AsyncIterator[Trail], now: datetime) -> AsyncIterator[bytes]:
    """Write a row of JSON for each fact of a case, under the names of `FLAT`."""
    async for trail in trails:
        broken = _broken(trail, now)
        for entry in trail.entries:
            head = entry.envelope
            values = (
                *(str(trail.id), trail.number, head.type, head.occurred_at, head.recorded_at),
                *(head.actor.id, head.actor.role, head.stream_version),
                *(" ".join(dict.fromkeys(broken.get(head.stream_version, []))) or None, head.event_id),
            )
            yield _json(dict(zip(FLAT, values, strict=True)))


def _broken(trail: Trail, now: datetime) -> dict[int, list[str]]:
    broken: dict[int, list[str]] = {}
    for breach in breaches(trail.number, trail.entries, now):
        broken.setdefault(breach.version, []).append(breach.rule)
    return broken


EVENT_ATTRIBUTES = ("actor", "role", "recorded_at")
OBJECT_TYPES = ("case", "organisation", "remedy-item", "worker")


async def ocel(trails: AsyncIterator[Trail]) -> AsyncIterator[bytes]:
    """Write events that relate to cases, organisations, promised remedies and workers (by pseudonym)."""
    types = sorted(topic for topic in (event.TOPIC for event in _kinds()))
    attributes = [{"name": name, "type": "time" if name == "recorded_at" else "string"} for name in EVENT_ATTRIBUTES]
    yield b'{"objectTypes":' + _json([{"name": name, "attributes": _of_object(name)} for name in OBJECT_TYPES])
    yield b',"eventTypes":' + _json([{"name": name, "attributes": attributes} for name in types]) + b',"events":['
    objects: dict[str, dict[str, object]] = {}
    comma = b""
    async for trail in trails:
        for entry in trail.entries:
            related = _related(entry, trail, objects)
            yield comma + _json(_ocel_event(entry, related))
            comma = b",\n"
    yield b'],"objects":' + _json(list(objects.values())) + b"}\n"


def _kinds() -> Sequence[type[Event]]:
    return [event for module in MODULES for event in module.EVENTS if event.STREAM == cases.CASE]


def _of_object(name: str) -> list[dict[str, str]]:
    return [{"name": "number", "type": "string"}] if name == "case" else []


def _related(entry: Entry, trail: Trail, objects: dict[str, dict[str, object]]) -> list[dict[str, str]]:
    begun = _written(trail.entries[0].envelope.occurred_at)
    case_id = str(trail.id)
    number = [] if trail.number is None else [{"name": "number", "value": trail.number, "time": begun}]
    objects.setdefault(case_id, {"id": case_id, "type": "case", "attributes": number})
    found = [{"objectId": case_id, "qualifier": "case"}]

    def relate(one: str, kind: str) -> None:
        objects.setdefault(one, {"id": one, "type": kind})
        found.append({"objectId": one, "qualifier": kind})

    event = entry.event
    organisation = getattr(event, "organisation_id", None)
    if organisation is not None:
        relate(str(organisation), "organisation")
    for item in (
        [one.item_id for one in event.items]
        if isinstance(event, cases.RemedyPlanAgreed)
        else [getattr(event, "item_id", None)]
    ):
        if item is not None:
            relate(str(item), "remedy-item")
    if entry.envelope.subject is not None:
        relate(str(entry.envelope.subject), "worker")
    return found


def _ocel_event(entry: Entry, related: list[dict[str, str]]) -> dict[str, object]:
    head = entry.envelope
    values = {"actor": head.actor.id, "role": head.actor.role, "recorded_at": _written(head.recorded_at)}
    return {
        "id": str(head.event_id),
        "type": head.type,
        "time": _written(head.occurred_at),
        "attributes": [{"name": name, "value": value} for name, value in values.items()],
        "relationships": related,
    }


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
