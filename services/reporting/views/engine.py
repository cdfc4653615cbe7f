"""Asks the figures: brings the warehouse up to the rows, or to the past, and runs the SQL of a definition."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from services.reporting.views.definitions import Definition
from services.reporting.views.warehouse import LIVE, Warehouse
from shared.bus.port import Feed, Log
from shared.clock import Clock
from shared.documents.folding import Projection
from shared.documents.port import Documents, Mark, Row
from shared.errors import InvalidError, NotFoundError, TryLaterError
from shared.events.envelope import Envelope
from shared.rights import DEFAULT_TENANT

T = TypeVar("T")

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
END = datetime(9999, 12, 31, tzinfo=UTC)
_BATCH = 500
_SETTLING_ROUNDS = 5

encode = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical").encode


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which report of which tenant, grouped how, over which period, as it was true at which moment (None: now)."""

    report: str
    tenant: str = DEFAULT_TENANT
    group_by: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """An answer with everything that it stands on. `positions` is how far each log was read: a number by its source,
    or one for each of its feeds by `source/feed`.
    """

    definition: Definition
    as_of: datetime
    positions: Mapping[str, int]
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of facts: the projection that fills it, and the log to fold again for the past."""

    name: str
    projection: Projection[Any]
    log: Log

    def named(self, feed: str) -> str:
        """Return what a feed of this table is called beside those of others."""
        return f"{self.projection.source}/{feed}" if feed else self.projection.source


class Figures:
    """Every report there is, and its answers. One question computes at a time, off the event loop."""

    def __init__(
        self,
        *,
        definitions: Mapping[str, Definition],
        tables: Sequence[Table],
        documents: Documents,
        warehouse: Warehouse,
        clock: Clock,
        pasts_kept: int,
    ) -> None:
        """Take the parts; nothing is loaded before the first question."""
        self.definitions = definitions
        self._tables = tables
        self._documents = documents
        self._warehouse = warehouse
        self._clock = clock
        self._pasts: OrderedDict[tuple[datetime, tuple[tuple[str, int], ...]], str] = OrderedDict()
        self._pasts_kept = pasts_kept
        self._pasts_made = 0
        self._marks: dict[str, Mark] = {}
        self._one_by_one = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "figures")

    async def answer(self, question: Question) -> Figure:
        """Compute one figure."""
        return (await self.answers([question]))[0]

    async def answers(self, questions: Sequence[Question]) -> Sequence[Figure]:
        """Compute several figures of the same moment over the same facts."""
        now = self._clock()
        checked = [(self._checked(question, now), question) for question in questions]
        as_of = questions[0].as_of
        async with self._one_by_one:
            schema, positions = await (self._present() if as_of is None else self._past(as_of))
            return [await self._run(schema, positions, question, definition, now) for definition, question in checked]

    async def positions(self) -> Mapping[str, int]:
        """Return how far the rows have read each log."""
        found: dict[str, int] = {}
        for table in self._tables:
            positions = await self._documents.positions(table.projection.collection) or {"": 0}
            found |= {table.named(feed): position for feed, position in positions.items()}
        return found

    def _checked(self, question: Question, now: datetime) -> Definition:
        definition = self.definitions.get(question.report)
        if definition is None:
            known = ", ".join(self.definitions)
            raise NotFoundError(f"There is no report of this name. There are: {known}.")
        unknown = [name for name in question.group_by if name not in definition.group_by]
        if unknown or len(set(question.group_by)) != len(question.group_by):
            allowed = ", ".join(definition.group_by) or "nothing"
            raise InvalidError(f"'{definition.name}' is grouped by {allowed}, each once.", field="group_by")
        if question.as_of is not None and question.as_of > now:
            raise InvalidError("'as_of' lies in the future.", field="as_of")
        if question.since is not None and question.until is not None and question.since >= question.until:
            raise InvalidError("'from' must lie before 'to'.", field="from")
        if (question.since is not None or question.until is not None) and not definition.has_period:
            raise InvalidError(f"'{definition.name}' is over the whole of its records.", field="from")
        return definition

    async def _run(
        self, schema: str, positions: Mapping[str, int], question: Question, definition: Definition, now: datetime
    ) -> Figure:
        as_of = (question.as_of or now).astimezone(UTC)
        chosen = question.group_by or definition.default
        given: dict[str, object] = {
            "group_by": [*definition.always, *(name for name in chosen if name not in definition.always)],
            "since": _plain(question.since or BEGINNING),
            "until": _plain(question.until or END),
            "at": _plain(as_of),
        }
        parameters = {name: given[name] for name in definition.parameters}
        columns, rows = await self._off(
            partial(self._warehouse.run, schema, definition.sql, parameters, question.tenant)
        )
        return Figure(definition=definition, as_of=as_of, positions=positions, columns=columns, rows=rows)

    async def _present(self) -> tuple[str, Mapping[str, int]]:
        if not self._marks:
            await self._off(partial(self._warehouse.create, LIVE))
        before = await self.positions()
        for _ in range(_SETTLING_ROUNDS):
            for table in self._tables:
                changes = await self._documents.changes(table.projection.collection, self._marks.get(table.name))
                await self._off(partial(self._warehouse.put, LIVE, table.name, changes.rows, anew=changes.anew))
                self._marks[table.name] = changes.mark
            after = await self.positions()
            if after == before:
                break
            before = after
        return LIVE, before

    async def _past(self, as_of: datetime) -> tuple[str, Mapping[str, int]]:
        feeds = [(table, feed, await feed.head()) for table in self._tables for feed in await table.log.feeds()]
        positions = {table.named(feed.name): head for table, feed, head in feeds}
        key = (as_of.astimezone(UTC), tuple(positions.items()))
        schema = self._pasts.pop(key, None) or await self._fold_again(as_of, feeds)
        self._pasts[key] = schema
        while len(self._pasts) > self._pasts_kept:
            _, forgotten = self._pasts.popitem(last=False)
            await self._off(partial(self._warehouse.drop, forgotten))
        return schema, positions

    async def _fold_again(self, as_of: datetime, feeds: Sequence[tuple[Table, Feed, int]]) -> str:
        self._pasts_made += 1
        schema = f"past_{self._pasts_made}"
        await self._off(partial(self._warehouse.create, schema))
        for table, feed, head in feeds:
            rows = await folded(table.projection, feed, head, lambda envelope: envelope.occurred_at <= as_of)
            await self._off(partial(self._warehouse.put, schema, table.name, [encode(row) for row in rows]))
        return schema

    async def _off(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


async def folded(
    projection: Projection[Any], feed: Feed, head: int, counts: Callable[[Envelope], bool]
) -> Sequence[Row]:
    """Fold the facts of a feed up to `head` that count into rows; a stream begins with its first fact."""
    rows: dict[UUID, Row] = {}
    position = 0
    while position < head:
        batch = await feed.read(position, _BATCH)
        if not batch:
            raise TryLaterError(f"The log of {feed.source} cannot be read behind {position} just now; ask again.")
        for recorded in batch:
            envelope = recorded.envelope
            row = rows.get(envelope.stream_id)
            new = envelope.stream_version == 1 if row is None else envelope.stream_version > row.version
            if envelope.stream == projection.stream and counts(envelope) and new:
                row = rows[envelope.stream_id] = projection.fold(row, recorded)
                row.version, row.tenant = envelope.stream_version, envelope.tenant
        position = batch[-1].position
        await asyncio.sleep(0)
    return list(rows.values())


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
