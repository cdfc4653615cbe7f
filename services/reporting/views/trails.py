"""What happened, kept for auditors: one row per stream with every fact of it in order, without what people said."""

from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any
from uuid import UUID

import msgspec

from shared.documents.folding import Projection
from shared.documents.port import Collection
from shared.events import REGISTRY, cases
from shared.events.envelope import Envelope, Event, Recorded
from shared.policy import Policy
from shared.reaching import COLUMNS, MANY, ReachRow, fold_reach
from shared.vault.fields import rewritten
from shared.vault.tokens import MASK

SOURCES = ("cases", "intake", "notify")
STREAMS = tuple(
    stream for stream in sorted({event.STREAM for event in REGISTRY.values()}) if stream.partition(".")[0] in SOURCES
)
_encode = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical").encode


class Entry(msgspec.Struct, gc=False, kw_only=True):
    """One fact: its place in the log of its service, its envelope, and the fact itself as JSON with persons masked."""

    position: int
    envelope: Envelope
    fact: str

    @property
    def service(self) -> str:
        """Who said it."""
        return self.envelope.stream.partition(".")[0]

    @property
    def event(self) -> Event:
        """The fact as its class reads it."""
        return msgspec.json.decode(self.fact, type=REGISTRY[self.envelope.type])

    @property
    def data(self) -> dict[str, Any]:
        """The fact as plain values."""
        found: dict[str, Any] = msgspec.json.decode(self.fact)
        return found

    @property
    def order(self) -> tuple[str, str]:
        """What entries of several streams are sorted by: when they were recorded, then their places."""
        at = self.envelope.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
        return at, f"{self.service} {self.position:019} {self.envelope.event_id}"

    def concerns(self, identity: UUID) -> bool:
        """Whether the fact belongs to, or speaks of, this case, person, organisation or report."""
        return str(identity) in mentioned(self)


class Trail(ReachRow, kw_only=True, omit_defaults=True):
    """A stream from its first fact. `about`: ids that it belongs to or speaks of."""

    stream: str = ""
    number: str | None = None
    about: tuple[str, ...] = ()
    entries: list[Entry] = msgspec.field(default_factory=list)


def collection_of(stream: str) -> Collection[Trail]:
    """Return the rows of one kind of stream."""
    name = f"trail_{stream.replace('.', '_').replace('-', '_')}"
    return Collection(name, 1, Trail, columns=COLUMNS, many=(*MANY, "about"), carried=("restricted",))


TRAILS = {stream: collection_of(stream) for stream in STREAMS}


def trail_projections(policy: Policy) -> tuple[Projection[Trail], ...]:
    """Return the views that keep every trail."""
    fold = folding(policy)
    return tuple(Projection(TRAILS[stream], stream.partition(".")[0], stream, fold) for stream in STREAMS)


def folding(policy: Policy) -> Callable[[Trail | None, Recorded], Trail]:
    """Return the fold of one fact into the trail of its stream."""

    def fold(row: Trail | None, recorded: Recorded) -> Trail:
        envelope, event = recorded.envelope, recorded.event
        row = row or Trail(id=envelope.stream_id, stream=envelope.stream)
        entry = entry_of(recorded)
        row.entries.append(entry)
        row.about = tuple(dict.fromkeys((*row.about, *mentioned(entry))))
        if isinstance(event, cases.CaseOpened):
            row.number = event.number
        fold_reach(row, recorded, policy)
        return row

    return fold


def entry_of(recorded: Recorded) -> Entry:
    """Return a fact as auditors see it: no word that a person said is in it, sealed or not."""
    envelope, event = recorded.envelope, recorded.event
    shown = rewritten(event, lambda text, _field, _group: MASK if text else text)
    if envelope.type_version != event.VERSION:
        envelope = msgspec.structs.replace(envelope, type_version=event.VERSION)
    return Entry(position=recorded.position, envelope=envelope, fact=_encode(shown).decode())


def mentioned(entry: Entry) -> tuple[str, ...]:
    """Return the ids that a fact belongs to or speaks of, each once."""
    envelope = entry.envelope
    subject = () if envelope.subject is None else (str(envelope.subject),)
    return tuple(dict.fromkeys((str(envelope.stream_id), *subject, *_ids(entry.data))))


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _ids(one)
    elif isinstance(value, list):
        for one in value:
            yield from _ids(one)
    elif isinstance(value, str) and len(value) == len(str(UUID(int=0))) and value.count("-") == 4:  # noqa: PLR2004
        yield value
