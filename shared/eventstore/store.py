"""The face of a service's record: write a command, read a stream, follow the log."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

import msgspec

from shared.events.envelope import Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.letters import DeadLetter, Discarded, Redaction
from shared.eventstore.work import ReactingWork, UnitOfWork

T = TypeVar("T")


class Written(msgspec.Struct, frozen=True):
    """What a command left: the stream, its version, the place in the log. `repeated`: it had been done before."""

    stream_id: UUID
    version: int
    position: int
    repeated: bool = False


class Stored(msgspec.Struct, frozen=True, gc=False):
    """A fact as bytes: its number in the log, and exactly what lies there."""

    position: int
    state: bytes


class Tracking(msgspec.Struct, frozen=True):
    """How far a reaction has read a feed; stored together with what it did."""

    reaction: str
    position: int


class EventStore(Protocol):
    """Streams of facts of one service, and its notification log. It is also the embedded bus's log and only feed."""

    source: str
    name: str
    """Empty: as a feed, a store is the whole log."""

    async def write(self, context: CommandContext, work: Callable[[UnitOfWork], Sequence[Recorded]]) -> Written:
        """Carry out one command durably; answers after the fsync. `work` returns the facts it appended.

        It may be run more than once before the answer, so it does nothing but decide and append. The first fact names
        the stream in the answer. A repeated `idempotency_key` answers as it did the first time. A conflict is tried
        once more on fresh state, then it is a `ConflictError`. A full disk or a lock is a
        `TryLaterError`, after making sure that nothing was stored.
        """
        ...

    async def execute(self, work: Callable[[ReactingWork], T], tracking: Tracking | None = None) -> T:
        """Carry out any work in a transaction of its own, with a reaction's position where there is one."""
        ...

    async def stream(self, stream_id: UUID) -> Sequence[Recorded]:
        """Return the facts of a stream in order; empty when there is none."""
        ...

    async def lookup(self, kind: str, key: str) -> str | None:
        """Return what the index says about a key."""
        ...

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        """Return up to `limit` facts behind a position, in log order."""
        ...

    async def read_stored(self, after: int, limit: int) -> Sequence[Stored]:
        """Like `read`, as the bytes that are stored, published and hashed alike."""
        ...

    async def head(self) -> int:
        """Return the position of the newest fact, 0 when there is none."""
        ...

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - the store knows how to wait
        """Return when there may be a fact after this position, at the latest after `timeout` seconds."""
        ...

    async def feeds(self) -> Sequence["EventStore"]:
        """Return the store itself: one feed with every fact."""
        ...

    async def reached(self, reaction: str) -> int:
        """Return how far a reaction has read its feed, 0 at the beginning."""
        ...

    async def parked(self) -> int:
        """Return how many facts wait in the dead letters of this service's reactions."""
        ...

    async def dead_letters(self, reaction: str | None = None) -> Sequence[DeadLetter]:
        """Return the dead letters of one reaction or of all, oldest first."""
        ...

    async def redactions(self) -> Sequence[Redaction]:
        """Return which facts lost their words by order, in the order of streams."""
        ...

    async def discarded(self) -> Sequence[Discarded]:
        """Return the dead letters that were given up, oldest first."""
        ...
