"""Editions: the figures of a quarter as they leave the house, the same for ever.

An edition is made of what the log of cases held when its quarter was over. The log only grows, so whoever computes it
later computes the same, and what came to be known afterwards (a late report, a withdrawn consent) changes none.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec

from services.reporting.domain.audience import Audience
from services.reporting.domain.declared import Axes, Publication, Rows
from services.reporting.domain.quarters import Quarter, quarter_of
from services.reporting.domain.rules import Rule
from services.reporting.domain.tables import CONTRIBUTOR, PublishedTable, Source, published
from services.reporting.views.definitions import Definition
from services.reporting.views.engine import Table, encode, folded
from services.reporting.views.questions import Question, values
from services.reporting.views.warehouse import Warehouse
from shared.clock import Clock
from shared.errors import NotFoundError
from shared.policy import Policy
from shared.rights import DEFAULT_TENANT

T = TypeVar("T")

SETTLING = timedelta(hours=1)
"""How long after its end a quarter is made: facts that were stamped before the end are in the log by then."""

_BATCH = 500


class EditionTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table of an edition with the definition that it is counted by."""

    name: str
    definition: Definition
    publication: Publication
    table: PublishedTable


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one audience may know of one quarter."""

    quarter: Quarter
    audience: Audience
    rule: Rule
    tables: tuple[EditionTable, ...]

    def named(self, name: str) -> EditionTable:
        """Return a table; `NotFoundError` if there is none of this name."""
        for table in self.tables:
            if table.name == name:
                return table
        known = ", ".join(table.name for table in self.tables)
        raise NotFoundError(f"This edition has no table of this name. It has: {known}.")


class Editions:
    """The editions there are. One is made at a time, off the event loop, and kept: it never changes."""

    def __init__(
        self,
        *,
        definitions: Mapping[str, Definition],
        cases: Table,
        warehouse: Warehouse,
        clock: Clock,
        axes: Axes,
        rules: Mapping[Audience, Rule],
        policy: Policy,
    ) -> None:
        """Take the parts; `rules` hold one for the partner and a stricter one for the public."""
        self._definitions = [definition for definition in definitions.values() if definition.published]
        self._cases = cases
        self._warehouse = warehouse
        self._clock = clock
        self._axes = axes
        self._policy = policy
        self._ladders = {
            Audience.PARTNER: (rules[Audience.PARTNER],),
            Audience.PUBLIC: (rules[Audience.PARTNER], rules[Audience.PUBLIC]),
        }
        self._made: dict[tuple[str, Quarter], Mapping[Audience, Edition]] = {}
        self._one_by_one = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "editions")

    async def quarters(self) -> Sequence[Quarter]:
        """Return the quarters that are over, newest first, from the first fact on."""
        begun = [fact for feed in await self._cases.log.feeds() for fact in await feed.read(0, 1)]
        found: list[Quarter] = []
        if begun:
            first = min(fact.envelope.recorded_at for fact in begun)
            quarter, now = quarter_of(first), self._clock()
            while quarter.end + SETTLING <= now:
                found.insert(0, quarter)
                quarter = quarter.next
        return found

    async def edition(self, quarter: Quarter, audience: Audience, tenant: str = DEFAULT_TENANT) -> Edition:
        """Return what an audience may know of a tenant's quarter; `NotFoundError` if it is not over or too early."""
        async with self._one_by_one:
            if (tenant, quarter) not in self._made:
                if quarter not in await self.quarters():
                    raise NotFoundError(
                        "There is no edition of this quarter: it is not over, or nothing was kept then."
                    )
                self._made[tenant, quarter] = await self._make(quarter, tenant)
            return self._made[tenant, quarter][audience]

    async def _make(self, quarter: Quarter, tenant: str) -> Mapping[Audience, Edition]:
        schema = f"edition_{quarter.year}_{quarter.number}"
        rows = await known_by(quarter.end, self._cases)
        encoded = [encode(row) for row in rows if row.tenant == tenant and row.statistics_consent]
        await self._off(partial(self._warehouse.create, schema))
        await self._off(partial(self._warehouse.put, schema, self._cases.name, encoded))
        made: dict[Audience, list[EditionTable]] = {audience: [] for audience in self._ladders}
        for definition in self._definitions:
            for publication in definition.published:
                source = await self._off(partial(self._source, schema, tenant, quarter, definition, publication))
                for audience, ladder in self._ladders.items():
                    told = await self._off(partial(published, publication, source, self._axes, ladder))
                    if told is not None:
                        made[audience].append(_table(definition, publication, told))
        await self._off(partial(self._warehouse.drop, schema))
        return {
            audience: Edition(
                quarter=quarter, audience=audience, rule=self._ladders[audience][-1], tables=tuple(tables)
            )
            for audience, tables in made.items()
        }

    def _source(
        self, schema: str, tenant: str, quarter: Quarter, definition: Definition, publication: Publication
    ) -> Source:
        run = partial(self._run, schema, tenant, quarter, definition)
        return Source(
            measures={measure.name: measure for measure in definition.measures},
            sums=definition.adds_up,
            shares=run([*publication.axes, CONTRIBUTOR]),
            values=run(publication.axes or ["total"]) if publication.form in {"total", "rows"} else (),
        )

    def _run(self, schema: str, tenant: str, quarter: Quarter, definition: Definition, group_by: Sequence[str]) -> Rows:
        asked = Question(
            report=definition.name, tenant=tenant, group_by=tuple(group_by), since=quarter.start, until=quarter.end
        )
        given = values(asked, definition, quarter.end, self._policy)
        columns, rows = self._warehouse.run(schema, definition.statement(group_by), given, tenant)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    async def _off(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


async def known_by(moment: datetime, table: Table) -> Sequence[Any]:
    """Fold what was recorded before a moment into rows."""
    rows: list[Any] = []
    for feed in await table.log.feeds():
        head = await feed.head()
        rows.extend(await folded(table.projection, feed, head, lambda envelope: envelope.recorded_at < moment))
    return rows


def _table(definition: Definition, publication: Publication, told: PublishedTable) -> EditionTable:
    groups = [name for name in publication.axes if name in told.columns]
    name = "-".join([definition.name, *(["by", *groups] if groups else [])]).replace("_", "-")
    return EditionTable(name=name, definition=definition, publication=publication, table=told)
