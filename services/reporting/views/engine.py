"""Asks the figures: brings the warehouse up to the rows, or to the past, and runs the SQL of a definition."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from services.reporting.views.answered import Answers
from services.reporting.views.comparing import beside
from services.reporting.views.definitions import Definition
from services.reporting.views.questions import Figure, Question, checked, groups, values
from services.reporting.views.warehouse import LIVE, Warehouse
from shared.bus.port import Feed, Log
from shared.clock import Clock
from shared.documents.folding import Projection
from shared.documents.port import Documents, Mark, Row
from shared.errors import TryLaterError
from shared.events.envelope import Envelope
from shared.ledger.roots import NoRoots, Roots
from shared.policy import Policy

T = TypeVar("T")

_Past = tuple[datetime | None, datetime | None, tuple[tuple[str, int], ...]]
"""What was true when, what was known when, and how far each log was read."""

AT_ONCE = 50_000
"""Rows that are in memory at once beside the tables they are loaded into, and what is written with the last of them."""
_BATCH = 500
_SETTLING_ROUNDS = 5
_WRITERS_APART = timedelta(hours=1)
"""Writers stamp before they write: behind a fact this much later there is none from before."""

encode = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical").encode


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
        policy: Policy,
        pasts_kept: int,
        roots: Roots | None = None,
    ) -> None:
        """Take the parts; nothing is loaded before the first question."""
        self.definitions = definitions
        self._tables = tables
        self._documents = documents
        self._warehouse = warehouse
        self._answers = Answers(warehouse)
        self._clock = clock
        self._roots = roots or NoRoots()
        self._policy = policy
        self._pasts: OrderedDict[_Past, str] = OrderedDict()
        self._pasts_kept = pasts_kept
        self._pasts_made = 0
        self._marks: dict[str, Mark] = {}
        self._one_by_one = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "figures")

    async def answer(self, question: Question) -> Figure:
        """Compute one figure."""
        if question.compare == "known":
            return await self._corrected(question)
        return (await self.answers([question]))[0]

    def check(self, question: Question) -> None:
        """Refuse a question that makes no sense; `NotFoundError` for a report that there is not."""
        checked(question, self.definitions, self._clock())

    async def answers(self, questions: Sequence[Question]) -> Sequence[Figure]:
        """Compute several figures of the same moment over the same facts."""
        now = self._clock()
        for question in questions:
            checked(question, self.definitions, now)
        moment = (questions[0].as_of, questions[0].known_at)
        async with self._one_by_one:
            schema, positions = await (self._present() if moment == (None, None) else self._past(*moment))
            found = [await self._asked(schema, positions, question, now) for question in questions]
        roots = await self._roots.at(positions, exactly=moment[1] is not None)
        return [msgspec.structs.replace(one, ledger=roots) for one in found]

    async def _corrected(self, question: Question) -> Figure:
        """Put what is on record today beside what was on record at `known_at`, both of the same moment."""
        now = self._clock()
        checked(question, self.definitions, now)
        then = msgspec.structs.replace(question, compare=None, as_of=question.as_of or now)
        today = await self.answer(msgspec.structs.replace(then, known_at=None))
        return beside(msgspec.structs.replace(today, question=question), await self.answer(then))

    async def positions(self) -> Mapping[str, int]:
        """Return how far the rows have read each log."""
        return {name: min(read) for name, read in (await self._read()).items()}

    async def parquet(self, figure: Figure, about: Mapping[str, str]) -> bytes:
        """Return a figure as a Parquet file with `about` as its metadata."""
        async with self._one_by_one:
            return await self._off(partial(self._warehouse.parquet, figure.columns, figure.rows, about))

    async def lines_as_parquet(self, lines: Sequence[bytes], columns: Mapping[str, str]) -> bytes:
        """Return rows of JSON as a Parquet file; `columns` are their names and types in SQL."""
        async with self._one_by_one:
            return await self._off(partial(self._warehouse.lines_as_parquet, lines, columns))

    async def behind(self) -> Mapping[str, int]:
        """Return how many facts of each source the rows have not read yet."""
        read = await self.positions()
        found: dict[str, int] = {}
        for source, log in {table.projection.source: table.log for table in self._tables}.items():
            table = next(one for one in self._tables if one.projection.source == source)
            heads = [(feed.name, await feed.head()) for feed in await log.feeds()]
            found[source] = sum(max(head - read.get(table.named(name), 0), 0) for name, head in heads)
        return found

    async def _read(self) -> Mapping[str, set[int]]:
        """Return how far the rows of each table have read each log: one number for all that keep step."""
        found: dict[str, set[int]] = {}
        for table in self._tables:
            positions = await self._documents.positions(table.projection.collection) or {"": 0}
            for feed, position in positions.items():
                found.setdefault(table.named(feed), set()).add(position)
        return found

    async def _asked(self, schema: str, positions: Mapping[str, int], question: Question, now: datetime) -> Figure:
        figure = await self._run(schema, positions, question, now)
        if question.compare is None:
            return figure
        return beside(figure, await self._run(schema, positions, question.before, now))

    async def _run(self, schema: str, positions: Mapping[str, int], question: Question, now: datetime) -> Figure:
        definition = self.definitions[question.report]
        as_of = (question.as_of or now).astimezone(UTC)
        statement = definition.statement(groups(question, definition), [name for name, _ in question.only])
        given = values(question, definition, as_of, self._policy)
        columns, rows = await self._off(partial(self._answers.run, schema, statement, given, question.tenant))
        return Figure(
            definition=definition,
            question=question,
            as_of=as_of,
            positions=positions,
            columns=columns,
            rows=rows,
            policy=self._policy.version,
        )

    async def _present(self) -> tuple[str, Mapping[str, int]]:
        if not self._marks:
            await self._off(partial(self._warehouse.create, LIVE))
        before = await self._read()
        for _ in range(_SETTLING_ROUNDS):
            for table in self._tables:
                while await self._load_some(table):
                    pass
            after = await self._read()
            if after == before and all(len(read) == 1 for read in after.values()):
                break
            before = after
        return LIVE, {name: min(read) for name, read in before.items()}

    async def _load_some(self, table: Table) -> bool:
        """Load the next rows of a table, and return whether there are more."""
        known = self._marks.get(table.name)
        changes = await self._documents.changes(table.projection.collection, known, most=AT_ONCE)
        await self._off(partial(self._warehouse.put, LIVE, table.name, changes.rows, anew=changes.anew))
        if changes.rows or changes.anew:
            self._answers.forget(LIVE)
        self._marks[table.name] = changes.mark
        return changes.more

    async def _past(self, as_of: datetime | None, known_at: datetime | None) -> tuple[str, Mapping[str, int]]:
        positions: dict[str, int] = {}
        feeds: list[tuple[Table, Feed, int]] = []
        for table in self._tables:
            for feed in await table.log.feeds():
                name = table.named(feed.name)
                if name not in positions:
                    positions[name] = await _head(feed, known_at)
                feeds.append((table, feed, positions[name]))
        key = (as_of, known_at, tuple(positions.items()))
        schema = self._pasts.pop(key, None) or await self._fold_again(_before(as_of, known_at), feeds)
        self._pasts[key] = schema
        while len(self._pasts) > self._pasts_kept:
            _, forgotten = self._pasts.popitem(last=False)
            self._answers.forget(forgotten)
            await self._off(partial(self._warehouse.drop, forgotten))
        return schema, positions

    async def _fold_again(self, counts: Callable[[Envelope], bool], feeds: Sequence[tuple[Table, Feed, int]]) -> str:
        self._pasts_made += 1
        schema = f"past_{self._pasts_made}"
        await self._off(partial(self._warehouse.create, schema))
        for table, feed, head in feeds:
            rows = await folded(table.projection, feed, head, counts)
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


def _before(as_of: datetime | None, known_at: datetime | None) -> Callable[[Envelope], bool]:
    def counts(envelope: Envelope) -> bool:
        return (as_of is None or envelope.occurred_at <= as_of) and (
            known_at is None or envelope.recorded_at <= known_at
        )

    return counts


async def _head(feed: Feed, known_at: datetime | None) -> int:
    """Return the place of the last fact that was on record at a moment; the newest one for None.

    Places stand in the order of recording, but for facts of the same instant from several writers.
    """
    head = await feed.head()
    if known_at is None:
        return head
    known = place = 0
    while place < head:
        batch = await feed.read(place, _BATCH)
        if not batch:
            raise TryLaterError(f"The log of {feed.source} cannot be read behind {place} just now; ask again.")
        place = batch[-1].position
        known = max([known, *(one.position for one in batch if one.envelope.recorded_at <= known_at)])
        if batch[-1].envelope.recorded_at > known_at + _WRITERS_APART:
            break
    return known
