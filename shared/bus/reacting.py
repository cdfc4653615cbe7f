"""Carry out reactions: new facts and the position of what they answer in one transaction, poison parked."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from shared.bus.port import Feed, Reaction
from shared.clock import Clock
from shared.errors import RedressError
from shared.events.envelope import Recorded
from shared.eventstore.store import EventStore, Tracking
from shared.eventstore.work import ReactingWork

BATCH = 20
"""Facts per transaction: commands wait behind it, so it must stay a matter of milliseconds."""


async def react(reaction: Reaction, feed: Feed, store: EventStore, clock: Clock) -> int:
    """Answer the next batch of facts and return how many were read; 0 when there is nothing new."""
    position = await store.reached(reaction.name)
    batch = await feed.read(position, BATCH)
    if not batch:
        return 0
    tracking = Tracking(reaction.name, batch[-1].position)
    await store.execute(lambda work: _answer(work, reaction, batch, clock()), tracking)
    return len(batch)


def _answer(work: ReactingWork, reaction: Reaction, batch: Sequence[Recorded], now: datetime) -> None:
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
