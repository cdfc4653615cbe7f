"""Carry out reactions: new facts and the position of what they answer in one transaction, poison parked."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from shared.bus.port import Feed, Reaction
from shared.clock import Clock
from shared.errors import RedressError
from shared.events.envelope import Recorded
from shared.eventstore.sqlite_work import SqliteWork
from shared.eventstore.store import Tracking

BATCH = 20
"""Facts per transaction: commands wait behind it, so it must stay a matter of milliseconds."""
T = TypeVar("T")


class ReactingStore(Protocol):
    """What a reaction needs of the store of the service that reacts."""

    async def execute(self, work: Callable[[SqliteWork], T], tracking: Tracking | None = None) -> T:
        """Carry out work in one transaction together with a reaction's position."""
        ...

    async def reached(self, reaction: str) -> int:
        """Return how far a reaction has read."""
        ...


async def react(reaction: Reaction, feed: Feed, store: ReactingStore, clock: Clock) -> int:
    """Answer the next batch of facts and return how many were read; 0 when there is nothing new."""
    position = await store.reached(reaction.name)
    batch = await feed.read(position, BATCH)
    if not batch:
        return 0
    tracking = Tracking(reaction.name, batch[-1].position)
    await store.execute(lambda work: _answer(work, reaction, batch, clock()), tracking)
    return len(batch)


def _answer(work: SqliteWork, reaction: Reaction, batch: Sequence[Recorded], now: datetime) -> None:
    parked = work.parked(reaction.name)
    for recorded in batch:
        handler = reaction.routes.get(type(recorded.event))
        if handler is None:
            continue
        if recorded.envelope.stream_id.hex in parked:
            work.park(reaction.name, recorded, "behind a parked fact of its stream", now)
            continue
        failure = work.guarded(lambda handler=handler, recorded=recorded: handler(work, recorded))  # type: ignore[misc]  # bound defaults
        if failure is None:
            continue
        if isinstance(failure.error, sqlite3.OperationalError):
            raise failure.error
        if isinstance(failure.error, RedressError) and failure.error.retry:
            raise failure.error
        work.park(reaction.name, recorded, failure.cause, now)
        parked.add(recorded.envelope.stream_id.hex)
