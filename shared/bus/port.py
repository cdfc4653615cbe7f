"""The port of the bus: the logs of services and their feeds, and a reaction to be carried out once per fact."""

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
