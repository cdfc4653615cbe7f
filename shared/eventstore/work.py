"""What a command or reaction may do inside its transaction: read streams and the index, append facts."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.events.envelope import Event, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.letters import DeadLetter, Discarding
from shared.supervision import Failure


class UnitOfWork(Protocol):
    """One command's view of the store. Nothing of it is visible to others before the commit."""

    def read(self, stream_id: UUID) -> Sequence[Recorded]:
        """Return the facts of a stream in order; empty when there is none."""
        ...

    def version(self, stream_id: UUID) -> int:
        """Return the version of a stream without reading its facts; 0 when there is none."""
        ...

    def append(
        self, stream_id: UUID, expected_version: int, events: Sequence[Event], context: CommandContext
    ) -> Sequence[Recorded]:
        """Append facts behind `expected_version` (0: the stream is new); a `ConflictError` if it has moved on."""
        ...

    def lookup(self, kind: str, key: str) -> str | None:
        """Return what the service's index says about a key, this transaction's own facts included."""
        ...


class ReactingWork(UnitOfWork, Protocol):
    """What the runner of reactions needs beside: steps that can be undone, and the dead letters."""

    def guarded(self, step: Callable[[], None]) -> Failure | None:
        """Carry out a step; if it fails, undo just that step and return how it failed.

        What is wrong with the database itself is raised: no other step would fare better.
        """
        ...

    def parked(self, reaction: str) -> set[str]:
        """Return the streams, as hex ids, of which a fact waits in the dead letters of a reaction."""
        ...

    def park(self, reaction: str, recorded: Recorded, cause: str, at: datetime, feed: str = "") -> None:
        """Put a fact, with its bytes, into the dead letters of a reaction; `feed` is what its position counts in."""
        ...

    def letters_of(self, reaction: str, stream_id: UUID) -> Sequence[Recorded]:
        """Return the parked facts of a stream in the order of their versions."""
        ...

    def unpark(self, reaction: str, stream_id: UUID, version: int) -> None:
        """Take a fact out of the dead letters."""
        ...

    def discard(self, letter: DeadLetter, given_up: Discarding) -> None:
        """Take a fact out of the dead letters for good, and keep who did so, when and why.

        A `NotFoundError` when it waits there no longer.
        """
        ...

    def heard(self, reaction: str, stream_id: UUID) -> int:
        """Return the last version of a stream that a reaction is done with, 0 when there is none."""
        ...

    def hear(self, reaction: str, stream_id: UUID, version: int) -> None:
        """Store the last version of a stream that a reaction is done with: answered it, passed it over or parked it."""
        ...
