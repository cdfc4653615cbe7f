"""An office whose time is set by the test: the record on disk, the commands, and the scheduler of clocks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from services.cases.application import Cases, Waking, index
from services.cases.application.streams import CASE, CLOCKS
from services.cases.domain.clocks import Clocks, clocks_of
from services.cases.domain.state import Case
from shared.events import clocks as told
from shared.events.envelope import Actor, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.sqlite import SqliteEventStore
from shared.policy import Packs

T = TypeVar("T")


class Office:
    """Everything that a restart must not lose lies in the folder."""

    def __init__(self, folder: Path, now: datetime, packs: Packs | None = None) -> None:
        """Open for the first time."""
        self.folder = folder
        self.now = now
        self.packs = packs
        self.opened: list[UUID] = []
        self.wakes_at: dict[UUID, datetime | None] = {}
        self._numbers = count(1)
        self._begin()

    def restart(self) -> None:
        """Close the record and open it again; nothing else is kept."""
        self.store.close()
        self._begin()

    def _begin(self) -> None:
        self.store = SqliteEventStore(self.folder / "cases.sqlite", "cases", index)
        self.cases = Cases(self.store, clock=lambda: self.now, ids=self.new_id, packs=self.packs)
        self.waking = Waking(self.cases, self._due, lambda: self.now, self.new_id)

    def close(self) -> None:
        """Let go of the record."""
        self.store.close()

    def open(self, command: Any, by: str = "ann") -> UUID:
        """Open a case."""
        case_id = _done(self.cases.open(context=self.context(by), command=command)).stream_id
        self.opened.append(case_id)
        self._look_at(case_id)
        return case_id

    def do(self, case_id: UUID, method: Callable[..., Awaitable[Any]], command: Any, by: str = "ann") -> None:
        """Give a command."""
        _done(method(context=self.context(by), case_id=case_id, command=command))
        self._look_at(case_id)

    def wake(self) -> None:
        """Carry out one round of the scheduler."""
        due = [case_id for case_id in self.opened if self._is_due(case_id)]
        _done(self.waking.look())
        for case_id in due:
            self._look_at(case_id)

    def case(self, case_id: UUID) -> Case:
        """Return a case as the record tells it."""
        case = CASE.fold(_done(self.store.stream(case_id)))
        assert case is not None
        return case

    def clocks(self, case_id: UUID) -> Clocks:
        """Return its clocks as the record tells them."""
        clocks = CLOCKS.fold(self.ticks(case_id))
        assert clocks is not None
        return clocks

    def ticks(self, case_id: UUID) -> Sequence[Recorded]:
        """Return all facts of its clocks."""
        return _done(self.store.stream(clocks_of(case_id)))

    def misses(self, case_id: UUID) -> list[tuple[datetime, told.ClockMissed]]:
        """Return what was missed, with the instant."""
        return [
            (one.envelope.occurred_at, one.event)
            for one in self.ticks(case_id)
            if isinstance(one.event, told.ClockMissed)
        ]

    def context(self, by: str) -> CommandContext:
        """Return the circumstances of a command given now."""
        return CommandContext(actor=Actor(by, "operator"), now=self.now, correlation_id=UUID(int=7))

    async def _due(self, now: datetime) -> AsyncIterator[Sequence[UUID]]:
        found = [(at, case_id) for case_id, at in self.wakes_at.items() if at is not None and at < now]
        yield [case_id for _, case_id in sorted(found)]

    def _is_due(self, case_id: UUID) -> bool:
        at = self.wakes_at[case_id]
        return at is not None and at < self.now

    def _look_at(self, case_id: UUID) -> None:
        self.wakes_at[case_id] = self.clocks(case_id).wakes_at

    def new_id(self) -> UUID:
        """Return the next id."""
        return UUID(int=next(self._numbers))


def _done(awaited: Awaitable[T]) -> T:
    async def waiting() -> T:
        return await awaited

    return asyncio.run(waiting())
