"""What a command or reaction may do inside its transaction: read streams and the index, append facts."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from shared.events.envelope import Event, Recorded
from shared.eventstore.context import CommandContext


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
