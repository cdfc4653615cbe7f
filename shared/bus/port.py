"""The ports of the bus: logs of services and their feeds, who hears them, and reactions that answer each fact once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.events.envelope import Event, Recorded
from shared.eventstore.work import UnitOfWork


class Feed(Protocol):
    """Facts of one service in an order that holds within each stream; a stream lives in one feed of its log.

    `position` of the last one read says where to go on. `name` is part of stored positions: never rename it; it is
    empty for a feed that is the whole log, holds every fact once and numbers them as the log does.
    """

    source: str
    name: str

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        """Return up to `limit` facts with a position above `after`."""
        ...

    async def head(self) -> int:
        """Return the position of the newest fact, 0 when there is none."""
        ...

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - the feed knows how to wait
        """Return when there may be a fact after this position, at the latest after `timeout` seconds."""
        ...


class Log(Protocol):
    """Everything that one service says, as one feed or as several that are read independently."""

    source: str

    async def feeds(self) -> Sequence[Feed]:
        """Return the feeds there are now."""
        ...


Handler = Callable[[UnitOfWork, Recorded], None]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a service does about another's facts: stored name -> handler.

    The handler's new facts and the position of the fact it answers are stored in one transaction.
    `name` is part of the stored position: never rename it.
    """

    name: str
    source: str
    routes: dict[type[Event], Handler]


class Hearer(Protocol):
    """Takes the facts of a feed in order. What it took and how far it is are stored together."""

    name: str
    source: str
    batch: int
    """Facts that it takes at most at once."""

    async def position(self, feed: str) -> int:
        """Return the position of the last fact of a feed that was taken, 0 at the beginning."""
        ...

    async def take(self, feed: str, batch: Sequence[Recorded], *, repeats: bool) -> None:
        """Take the next facts of a feed; `repeats` says that the feed may bring a fact more than once."""
        ...
