"""Questions that auditors put to the record: the history of one thing or of all, and a case as of each of its facts."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.reporting.views.trails import TRAILS, Entry, Trail, entry_of, mentioned
from shared.bus.port import Log
from shared.documents.port import Condition, Documents, Query, Row
from shared.errors import NotFoundError
from shared.events import cases
from shared.events.envelope import Recorded
from shared.policy import Policy
from shared.reaching import of_tenant, within_reach
from shared.rights import Caller, Scope, reaches

PAGE = 200
Place = tuple[str, int]
"""A feed of a log by its name, and a position in it."""
Order = tuple[str, str]
"""Where an entry stands among those of several streams: `Entry.order`."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which facts: from whom, of which kind, over which time; true by `as_of`, on record by `known_at`."""

    service: str | None = None
    kind: str | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    known_at: datetime | None = None
    first: int | None = None
    last: int | None = None

    def holds(self, entry: Entry) -> bool:
        """Whether a fact is asked for."""
        head = entry.envelope
        return (
            self.service in {None, entry.service}
            and self.kind in {None, head.type}
            and self.actor in {None, head.actor.id}
            and (self.since is None or head.recorded_at >= self.since)
            and (self.until is None or head.recorded_at < self.until)
            and (self.as_of is None or head.occurred_at <= self.as_of)
            and (self.known_at is None or head.recorded_at <= self.known_at)
            and (self.first is None or entry.position >= self.first)
            and (self.last is None or entry.position <= self.last)
        )


class State(msgspec.Struct, frozen=True):
    """A case as of one fact: every value by its path, and what this fact changed, with what stood there before."""

    entry: Entry
    values: Mapping[str, str]
    changed: Mapping[str, str | None]


class Histories:
    """Answers from the trails (`one`, `case`, `cases`) and from the logs in their own order (`all`)."""

    def __init__(
        self,
        documents: Documents,
        logs: Mapping[str, Log],
        policy: Policy,
        fold: Callable[[Any, Recorded], Row],
    ) -> None:
        """Take the rows, the logs, who may read restricted kinds, and the fold of a case into its facts."""
        self._documents = documents
        self._logs = logs
        self._readers = policy.restricted.readers
        self._fold = fold

    @property
    def services(self) -> Sequence[str]:
        """The services whose logs can be read."""
        return sorted(self._logs)

    async def all(
        self, caller: Caller, service: str, asked: Asked, after: Place | None, limit: int
    ) -> tuple[Sequence[Entry], Place | None]:
        """Return up to `limit` facts of a service in the order of its log, and where to go on."""
        log = self._logs.get(service)
        if log is None:
            raise NotFoundError(f"There is no log of this name. There are: {', '.join(self.services)}.")
        found: list[Entry] = []
        for feed in sorted(await log.feeds(), key=lambda feed: feed.name):
            if after is not None and feed.name < after[0]:
                continue
            position = after[1] if after is not None and feed.name == after[0] else (asked.first or 1) - 1
            while batch := await feed.read(position, PAGE):
                shown = await self._shown(caller, [entry_of(fact) for fact in batch])
                for entry in shown:
                    if asked.holds(entry):
                        found.append(entry)
                        if len(found) == limit:
                            return found, (feed.name, entry.position)
                position = batch[-1].position
                if asked.last is not None and position >= asked.last:
                    break
        return found, None

    async def one(
        self, caller: Caller, identity: UUID, asked: Asked, after: Order | None, limit: int
    ) -> tuple[Sequence[Entry], Order | None]:
        """Return the facts that belong to or speak of a case, person, organisation or report, as they were recorded.

        Nothing that the caller may know of is a `NotFoundError`.
        """
        about = [
            entry
            for stream in TRAILS
            async for trail in self._trails(stream, (of_tenant(caller), Condition("about", "has", str(identity))))
            for entry in trail.entries
            if entry.concerns(identity)
        ]
        shown = sorted(await self._shown(caller, about), key=lambda entry: entry.order)
        if not shown:
            raise NotFoundError("There is nothing on record of this id.")
        found = [entry for entry in shown if asked.holds(entry) and (after is None or entry.order > after)]
        return found[:limit], found[limit - 1].order if len(found) > limit else None

    async def case(self, caller: Caller, case_id: UUID, asked: Asked) -> Sequence[State]:
        """Return a case as of each of its facts that is asked for."""
        row = await self._documents.get(TRAILS[cases.CASE], case_id)
        if row is None or row.tenant != caller.tenant or not reaches(row, caller, self._readers):
            raise NotFoundError("There is no such case.")
        return list(states([entry for entry in row.entries if asked.holds(entry)], self._fold))

    async def cases(self, caller: Caller) -> AsyncIterator[Trail]:
        """Yield every case that the caller may know of."""
        async for trail in self._trails(cases.CASE, within_reach(caller, self._readers)):
            yield trail

    async def _trails(self, stream: str, conditions: Sequence[Any]) -> AsyncIterator[Trail]:
        after = None
        while True:
            page = await self._documents.find(TRAILS[stream], Query(tuple(conditions), after=after, limit=PAGE))
            for row in page.rows:
                yield row
            if page.next is None:
                return
            after = page.next

    async def _shown(self, caller: Caller, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Leave out other tenants' facts and those that belong to a case out of the caller's reach."""
        mine = [entry for entry in entries if entry.envelope.tenant == caller.tenant]
        named = {entry.envelope.event_id: {UUID(one) for one in mentioned(entry)} for entry in mine}
        known = await self._documents.load(TRAILS[cases.CASE], sorted(set().union(*named.values())))
        reached = {row_id for row_id, row in known.items() if reaches(row, caller, self._readers)}
        shown: list[Entry] = []
        for entry in mine:
            of_cases = named[entry.envelope.event_id] & known.keys()
            if of_cases <= reached and (of_cases or caller.scope is Scope.ALL):
                shown.append(entry)
        return shown


def states(entries: Sequence[Entry], fold: Callable[[Any, Recorded], Row]) -> Sequence[State]:
    """Fold every prefix of a case's facts, and say what each fact changed."""
    found: list[State] = []
    row: Row | None = None
    before: Mapping[str, str] = {}
    for entry in entries:
        row = fold(row, Recorded(entry.envelope, entry.event, entry.position))
        values = dict(_leaves(msgspec.to_builtins(row), ""))
        changed = {
            path: before.get(path) for path in sorted({*values, *before}) if values.get(path) != before.get(path)
        }
        found.append(State(entry, values, changed))
        before = values
    return found


def _leaves(tree: Any, path: str) -> Sequence[tuple[str, str]]:
    if isinstance(tree, dict):
        parts = [(str(name), one) for name, one in tree.items() if path or name not in {"id", "version", "tenant"}]
    elif isinstance(tree, list | tuple):
        parts = [(str(place), one) for place, one in enumerate(tree, 1)]
    else:
        return [] if tree is None else [(path, str(tree))]
    return [leaf for name, one in parts for leaf in _leaves(one, f"{path}.{name}" if path else name)]
