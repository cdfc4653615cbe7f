"""A key store that lives as long as its process: for tools and tests that keep nothing."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.errors import TryLaterError
from shared.vault.keks import KEY_BYTES, HeldKeks
from shared.vault.port import Found, KeyRow
from shared.vault.vault import Vault


class PassingKeys:
    """Implements `KeyStorage` in dictionaries."""

    def __init__(self) -> None:
        """Begin empty."""
        self._keys: dict[tuple[UUID, int], KeyRow] = {}
        self._handles: dict[bytes, UUID] = {}
        self._erased: dict[UUID, int] = {}
        self._gone: dict[UUID, Sequence[KeyRow]] = {}
        self._secrets: dict[str, tuple[str, bytes]] = {}

    def find(self, subject: UUID) -> Found:
        """Return the keys of a subject."""
        return Found([row for row in self._keys.values() if row.subject == subject], subject in self._erased)

    def add(self, rows: Sequence[KeyRow], handles: Sequence[tuple[bytes, UUID]]) -> None:
        """Keep new keys and pseudonyms, all or none."""
        if any(row[:2] in self._keys or row.subject in self._erased for row in rows):
            raise TryLaterError("The key of this person was made or destroyed meanwhile; try again.")
        if any(handle in self._handles for handle, _subject in handles):
            raise TryLaterError("This person was given a pseudonym meanwhile; try again.")
        self._keys.update({(row.subject, row.version): row for row in rows})
        self._handles.update(handles)

    def subject_of(self, handle: bytes) -> UUID | None:
        """Return the pseudonym of a hashed handle."""
        return self._handles.get(handle)

    def erase(self, subject: UUID, at: datetime, reason: str) -> Sequence[KeyRow]:  # noqa: ARG002 - kept nowhere
        """Forget keys and pseudonyms, and remember that."""
        gone = [place for place in self._keys if place[0] == subject]
        if subject not in self._erased:
            self._gone[subject] = [self._keys[place]._replace(wrapped=b"") for place in gone]
        self._erased.setdefault(subject, len(self._erased) + 1)
        self._handles = {handle: one for handle, one in self._handles.items() if one != subject}
        for place in gone:
            self._keys.pop(place)
        return self._gone[subject]

    def tombstones(self, after: int) -> Sequence[tuple[int, UUID]]:
        """Return what was erased after a number."""
        return [(number, subject) for subject, number in self._erased.items() if number > after]

    def wrapped_otherwise(self, kek: str, limit: int) -> Sequence[KeyRow]:
        """Return keys that another key-encryption key wraps."""
        return [row for row in self._keys.values() if row.kek != kek][:limit]

    def rewrap(self, before: Sequence[KeyRow], after: Sequence[KeyRow]) -> None:
        """Replace the wrapping of keys that are still there."""
        for old, new in zip(before, after, strict=True):
            if self._keys.get((old.subject, old.version)) == old:
                self._keys[old.subject, old.version] = new

    def kept(self, name: str) -> tuple[str, bytes] | None:
        """Return a wrapped secret of the vault."""
        return self._secrets.get(name)

    def keep(self, name: str, kek: str, wrapped: bytes) -> None:
        """Keep a wrapped secret of the vault, where none is kept."""
        self._secrets.setdefault(name, (kek, wrapped))

    def rewrap_secret(self, name: str, kek: str, wrapped: bytes) -> None:
        """Keep a secret wrapped anew."""
        self._secrets[name] = (kek, wrapped)

    def close(self) -> None:
        """Forget everything."""
        self._keys.clear()


def passing_vault() -> Vault:
    """Return a vault that lives in memory and forgets its keys with the process."""
    return Vault(PassingKeys(), HeldKeks({"kek-1": secrets.token_bytes(KEY_BYTES)}))
