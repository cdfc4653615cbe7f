"""What stores the wrapped keys: apart from the record, so that destroying a key reaches every copy of the record."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID


class KeyRow(NamedTuple):
    """A data key as it is kept: whose, which version, wrapped by which key-encryption key."""

    subject: UUID
    version: int
    kek: str
    wrapped: bytes


class Found(NamedTuple):
    """What is kept of a subject: its keys, or that they were destroyed."""

    rows: Sequence[KeyRow]
    erased: bool


def as_text(rows: Sequence[KeyRow]) -> str:
    """Return which keys were destroyed, as a tombstone says it."""
    return " ".join(f"{row.version}:{row.kek}" for row in rows)


def as_rows(subject: UUID, text: str) -> Sequence[KeyRow]:
    """Return which keys a tombstone stands for."""
    parts = (one.partition(":") for one in text.split())
    return [KeyRow(subject, int(version), kek, b"") for version, _, kek in parts]


class KeyStorage(Protocol):
    """Keys, tombstones, and which pseudonym stands for which handle. Everything is durable when a method returns."""

    def find(self, subject: UUID) -> Found:
        """Return the keys of a subject; none for one never heard of."""
        ...

    def add(self, rows: Sequence[KeyRow], handles: Sequence[tuple[bytes, UUID]]) -> None:
        """Keep new keys and pseudonyms, all or none; a `TryLaterError` when another process was first."""
        ...

    def subject_of(self, handle: bytes) -> UUID | None:
        """Return the pseudonym of a hashed handle."""
        ...

    def erase(self, subject: UUID, at: datetime, reason: str) -> Sequence[KeyRow]:
        """Destroy keys and pseudonyms beyond recovery, leave a tombstone, return what was destroyed, without bytes.

        Done again, it makes sure of it and returns the same.
        """
        ...

    def tombstones(self, after: int) -> Sequence[tuple[int, UUID]]:
        """Return number and subject of every tombstone set after a number, in order."""
        ...

    def wrapped_otherwise(self, kek: str, limit: int) -> Sequence[KeyRow]:
        """Return up to `limit` keys that another key-encryption key wraps."""
        ...

    def rewrap(self, before: Sequence[KeyRow], after: Sequence[KeyRow]) -> None:
        """Put newly wrapped keys into the place of the same keys; one that was destroyed meanwhile stays so."""
        ...

    def kept(self, name: str) -> tuple[str, bytes] | None:
        """Return a wrapped secret of the vault itself with the id of its key-encryption key."""
        ...

    def keep(self, name: str, kek: str, wrapped: bytes) -> None:
        """Keep a wrapped secret of the vault itself, where none is kept: of two processes that begin, one's holds."""
        ...

    def rewrap_secret(self, name: str, kek: str, wrapped: bytes) -> None:
        """Put the same secret, wrapped anew, in the place of the one that is kept."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...
