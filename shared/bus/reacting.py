"""Carry out reactions: new facts and the position of what they answer in one transaction, poison parked."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from shared.bus.port import Feed, Reaction
from shared.clock import Clock
from shared.errors import PoisonError, RedressError
from shared.events.envelope import Recorded, Unreadable
from shared.eventstore.store import EventStore, Tracking
from shared.eventstore.work import ReactingWork

BATCH = 20
"""Facts to be answered in a transaction: commands wait behind it, so it must stay a matter of milliseconds.

What is passed over costs nothing, and rides along.
"""
READ = 500
"""Facts read at once."""


def tracking_name(reaction: Reaction, feed: str) -> str:
    """Return the name under which a reaction's position in a feed is stored; the whole log has no name of its own."""
    return f"{reaction.name}@{feed}" if feed else reaction.name


async def react(reaction: Reaction, feed: Feed, store: EventStore, clock: Clock) -> int:
    """Answer the next batch of a feed that never repeats, and return how many facts were read; 0 for nothing new."""
    position = await store.reached(tracking_name(reaction, feed.name))
    batch = await feed.read(position, READ)
    await answer(reaction, feed.name, batch, store, clock(), repeats=False)
    return len(batch)


async def answer(
    reaction: Reaction, feed: str, batch: Sequence[Recorded], store: EventStore, now: datetime, *, repeats: bool
) -> None:
    """Answer facts of a feed in transactions of a few, each with the position it reaches.

    Where facts may come more than once, the last version heard of each stream says which are repeats.
    """
    for part in _parts(reaction, batch):
        tracking = Tracking(tracking_name(reaction, feed), part[-1].position)
        await store.execute(
            lambda work, part=part: _Answering(work, reaction, feed, now).answer(part, repeats=repeats),  # type: ignore[misc]  # bound default
            tracking,
        )


def _parts(reaction: Reaction, batch: Sequence[Recorded]) -> Iterator[Sequence[Recorded]]:
    """Cut a batch behind every so many facts that the reaction answers."""
    begun = answered = 0
    for place, recorded in enumerate(batch, 1):
        answered += _is_heard(reaction, recorded)
        if answered == BATCH or place == len(batch):
            yield batch[begun:place]
            begun, answered = place, 0


def _is_heard(reaction: Reaction, recorded: Recorded) -> bool:
    return type(recorded.event) in reaction.routes or isinstance(recorded.event, Unreadable)


class _Answering:
    """One transaction of one reaction."""

    def __init__(self, work: ReactingWork, reaction: Reaction, feed: str, now: datetime) -> None:
        self._work = work
        self._reaction = reaction
        self._feed = feed
        self._now = now
        self._parked = work.parked(reaction.name)

    def answer(self, batch: Sequence[Recorded], *, repeats: bool) -> None:
        for recorded in self._unheard(batch) if repeats else batch:
            self._answer(recorded)

    def _unheard(self, batch: Sequence[Recorded]) -> Sequence[Recorded]:
        heard: dict[UUID, int] = {}
        fresh = []
        for recorded in batch:
            head = recorded.envelope
            last = heard.get(head.stream_id)
            if last is None:
                last = heard[head.stream_id] = self._work.heard(self._reaction.name, head.stream_id)
            if head.stream_version <= last:
                continue
            if head.stream_version > last + 1:
                raise PoisonError(
                    f"{self._reaction.name}: stream {head.stream_id} jumps from version {last} to "
                    f"{head.stream_version} in {self._feed}; the topic has lost records: publish the log anew."
                )
            heard[head.stream_id] = head.stream_version
            fresh.append(recorded)
        for stream_id in {recorded.envelope.stream_id for recorded in fresh}:
            self._work.hear(self._reaction.name, stream_id, heard[stream_id])
        return fresh

    def _answer(self, recorded: Recorded) -> None:
        stream = recorded.envelope.stream_id.hex
        unreadable = isinstance(recorded.event, Unreadable)
        handler = self._reaction.routes.get(type(recorded.event))
        if handler is None and not unreadable:
            return
        if stream in self._parked:
            self._park(recorded, "behind a parked fact of its stream")
            return
        if handler is None:
            self._park(recorded, "unreadable for this version")
            return
        failure = self._work.guarded(lambda: handler(self._work, recorded))
        if failure is None:
            return
        if isinstance(failure.error, sqlite3.OperationalError):
            raise failure.error
        if isinstance(failure.error, RedressError) and failure.error.retry:
            raise failure.error
        self._park(recorded, failure.cause)

    def _park(self, recorded: Recorded, cause: str) -> None:
        self._work.park(self._reaction.name, recorded, cause, self._now, self._feed)
        self._parked.add(recorded.envelope.stream_id.hex)
