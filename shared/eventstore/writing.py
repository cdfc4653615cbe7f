"""The writing half of a store, the same on every engine: commands go to the writer's thread and wait for its commit."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from shared.events.envelope import Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.store import Tracking, Written
from shared.eventstore.waking import Newest
from shared.eventstore.work import ReactingWork, UnitOfWork
from shared.eventstore.writer import Commits, GroupCommit, Job, StoreWork

T = TypeVar("T")


class WritingStore:
    """Implements `write`, `execute` and `wait` of `EventStore`."""

    def __init__(self, source: str, commits: Commits, head: int) -> None:
        """Start the writer of a service's record, whose newest position is `head`."""
        self.source = source
        self._newest = Newest(head)
        self._writer = GroupCommit(source, commits, self._newest.reached)
        self._writer.start()

    async def write(self, context: CommandContext, work: Callable[[UnitOfWork], Sequence[Recorded]]) -> Written:
        """Carry out one command durably."""
        return await self._submit(lambda unit: _written(unit, context, work), context.idempotency_key)

    async def execute(self, work: Callable[[ReactingWork], T], tracking: Tracking | None = None) -> T:
        """Carry out any work in a transaction of its own."""

        def tracked(unit: StoreWork) -> T:
            if tracking is not None:
                unit.track(tracking.reaction, tracking.position)
            return work(unit)

        return await self._submit(tracked)

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - part of the port
        """Return when a commit behind `after` is known of, at the latest after `timeout` seconds."""
        await self._newest.wait(after, timeout)

    async def _submit(self, work: Callable[[StoreWork], T], key: str | None = None) -> T:
        loop = asyncio.get_running_loop()
        job = Job(work, loop, loop.create_future(), key)
        self._writer.submit(job)
        result: T = await job.future
        return result


def _written(unit: StoreWork, context: CommandContext, work: Callable[[UnitOfWork], Sequence[Recorded]]) -> Written:
    key = context.idempotency_key
    if key is not None and (earlier := unit.answered(key, context.fingerprint)) is not None:
        return earlier
    facts = work(unit)
    stream_id = facts[0].envelope.stream_id
    version = max(fact.envelope.stream_version for fact in facts if fact.envelope.stream_id == stream_id)
    written = Written(stream_id, version, max(fact.position for fact in facts))
    if key is not None:
        unit.remember(key, context.fingerprint, written)
    return written
