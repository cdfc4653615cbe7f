"""The vault: one data key per person, made when first needed, held for a minute at most, destroyed on request."""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import CorruptRecordError, GateClosedError, TryLaterError
from shared.ids import derived_id
from shared.vault import tokens
from shared.vault.keks import KeyEncryption
from shared.vault.port import KeyRow, KeyStorage

LIFE = 60.0
"""Seconds that a key is held in memory before it is asked for again."""
HEARD = 1.0
"""Seconds between two looks at what was erased by other processes."""
MOST_HELD = 50_000
GROUPS = ("accused",)
"""Other persons in what a person said; each group has a key of its own beside that person's."""

_NONCE = 12
_BATCH = 500


class ErasedError(GateClosedError):
    """The data of this person was erased; nothing opens it, and nothing is kept under this pseudonym again."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "not-erased", "The data of this person was erased.", opens="Nothing; a new message gets a new pseudonym."
        )


@dataclass(slots=True)
class _Held:
    """What is known of a person's keys; `fresh` is the one that is not known to be durable."""

    until: float
    erased: bool = False
    ciphers: dict[int, AESGCM] = field(default_factory=dict)
    fresh: KeyRow | None = None


class _Sealed(threading.local):
    """The keys that were not durable when this thread sealed with them, since it last flushed."""

    def __init__(self) -> None:
        self.rows: set[KeyRow] = set()


class Vault:
    """Seals, opens and erases. Any thread may ask; new keys are durable after `flush`, by the thread that sealed."""

    def __init__(
        self, keys: KeyStorage, keks: KeyEncryption, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Take what stores the keys and what wraps them; `monotonic` is the clock of the cache, in seconds."""
        self.keys = keys
        self.keks = keks
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._held: dict[UUID, _Held] = {}
        self._new_keys: dict[UUID, KeyRow] = {}
        self._new_handles: dict[bytes, UUID] = {}
        self._sealed = _Sealed()
        self._lost: set[KeyRow] = set()
        self._orphans: set[UUID] = set()
        self._looked = 0.0
        self._tombstone = 0
        self._handle_key = self._secret("handles")

    def seal(self, text: str, *, subject: UUID, stream: UUID, version: int, field: str) -> str:
        """Return the token of a text in this place; an `ErasedError` when nothing of the person is kept any more."""
        number, cipher = self._sealing(subject)
        head = tokens.head_of(subject=subject, key=number, stream=stream, version=version, field=field)
        nonce = secrets.token_bytes(_NONCE)
        return tokens.join(head, nonce + cipher.encrypt(nonce, text.encode(), head.encode()))

    def open(self, text: str) -> str:
        """Return what a token says; `ErasedError`, or `CorruptRecordError` for one that was altered."""
        token = tokens.read(text)
        if token is None:
            raise CorruptRecordError("A sealed value does not read; restore the record from a back-up.")
        return self.opened(token)

    def opened(self, token: tokens.Token) -> str:
        """Like `open`, for a token that was taken apart already."""
        held = self._of(token.subject)
        said = _deciphered(held, token)
        if said is None:
            # Another process may have made this key since it was last asked for: only the store knows what is lost.
            said = _deciphered(self._asked_anew(token.subject), token)
        if said is None:
            raise CorruptRecordError("A sealed value was altered or its key is lost; restore a back-up.")
        return said

    def subject_of(self, *handle: str) -> UUID:
        """Return the pseudonym of who writes under a handle, making one when there is none or it was erased."""
        name = b"".join(b"%d:%s" % (len(part.encode()), part.encode()) for part in handle)
        hashed = hmac.digest(self._handle_key, name, hashlib.sha256)
        self._hear()
        with self._lock:
            known = self._new_handles.get(hashed)
        known = known or self.keys.subject_of(hashed)
        if known is None:
            with self._lock:
                # Random through and through: a pseudonym tells nothing, not even when it was made.
                known = self._new_handles.setdefault(hashed, UUID(bytes=secrets.token_bytes(16), version=4))
        return known

    def blind_key(self, purpose: str, tenant: str) -> bytes:
        """Return 32 secret bytes under which a tenant's words are hashed for one purpose; the same for ever."""
        label = f"blind\0{purpose}\0{tenant}"
        return hmac.digest(self._handle_key, label.encode(), hashlib.sha256)

    def flush(self) -> None:
        """Make the keys durable that were made so far; called before what they sealed is committed.

        A `TryLaterError` when one that this thread sealed with was not kept, be it that another thread tried: what was
        sealed with it must not be committed.
        """
        mine, self._sealed.rows = self._sealed.rows, set()
        if not mine and not self._new_keys and not self._new_handles:
            return
        with self._flushing:
            with self._lock:
                rows, handles = dict(self._new_keys), dict(self._new_handles)
            kept = False
            try:
                if rows or handles:
                    self.keys.add(list(rows.values()), list(handles.items()))
                kept = True
            finally:
                if not kept:
                    self._give_up(rows, handles, mine)
            with self._lock:
                self._forget_new(rows, handles)
                lost = mine & self._lost
                self._lost -= lost
        if lost:
            raise TryLaterError("The key of a person could not be kept; try again.")

    def erase(self, subject: UUID, *, at: datetime, reason: str) -> Sequence[KeyRow]:
        """Destroy the keys of a person and of the groups in what they said; return which, without their bytes."""
        self.flush()
        gone: list[KeyRow] = []
        for one in (subject, *(group_of(subject, group) for group in GROUPS)):
            gone.extend(self.keys.erase(one, at, reason))
            with self._lock:
                self._held.pop(one, None)
        self._looked = 0.0
        return gone

    def knows(self, subject: UUID) -> bool:
        """Whether there is or was a key of this person."""
        held = self._of(subject)
        return held.erased or bool(held.ciphers)

    def erasures(self) -> int:
        """Return the number of the newest tombstone that this process has heard of."""
        self._hear()
        return self._tombstone

    def is_erased(self, subject: UUID) -> bool:
        """Whether the data of a person was erased."""
        return self._of(subject).erased

    def rewrap(self, progress: Callable[[int], None] = lambda _done: None) -> int:
        """Wrap every data key with today's key-encryption key; the data keys and what they sealed stay as they are."""
        current, done = self.keks.current(), 0
        while rows := self.keys.wrapped_otherwise(current, _BATCH):
            anew = [self._wrapped(row.subject, row.version, self.keks.unwrap(row.kek, row.wrapped)) for row in rows]
            self.keys.rewrap(rows, anew)
            done += len(rows)
            progress(len(rows))
        self.keys.rewrap_secret("handles", *self.keks.wrap(self._handle_key))
        return done

    def renew(self, subject: UUID) -> int:
        """Give a person a further key for what is sealed from now on; return its version."""
        held = self._of(subject)
        if held.erased:
            raise ErasedError
        version, key = max(held.ciphers, default=0) + 1, secrets.token_bytes(32)
        self.keys.add([self._wrapped(subject, version, key)], [])
        with self._lock:
            self._held.pop(subject, None)
        return version

    def _sealing(self, subject: UUID) -> tuple[int, AESGCM]:
        held = self._of(subject)
        if held.erased:
            raise ErasedError
        if subject in self._orphans:
            raise TryLaterError("Another process gave this person a pseudonym first; try again.")
        if not held.ciphers:
            key = secrets.token_bytes(32)
            row = self._wrapped(subject, 1, key)
            with self._lock:
                if subject in self._new_keys:
                    held = self._held[subject]
                elif not held.ciphers:
                    held.ciphers[1], held.fresh = AESGCM(key), row
                    self._held[subject], self._new_keys[subject] = held, row
        if held.fresh is not None:
            self._sealed.rows.add(held.fresh)
        number = max(held.ciphers)
        return number, held.ciphers[number]

    def _of(self, subject: UUID) -> _Held:
        self._hear()
        now = self._monotonic()
        held = self._held.get(subject)
        if held is not None and (held.until > now or subject in self._new_keys):
            return held
        fresh = self._asked_anew(subject)
        with self._lock:
            return self._held[subject] if subject in self._new_keys else fresh

    def _asked_anew(self, subject: UUID) -> _Held:
        found = self.keys.find(subject)
        ciphers = {row.version: AESGCM(self.keks.unwrap(row.kek, row.wrapped)) for row in found.rows}
        fresh = _Held(self._monotonic() + LIFE, found.erased, ciphers)
        with self._lock:
            if subject not in self._new_keys:
                if len(self._held) >= MOST_HELD:
                    self._held = {one: self._held[one] for one in self._new_keys}
                self._held[subject] = fresh
        return fresh

    def _hear(self) -> None:
        now = self._monotonic()
        if now - self._looked < HEARD and self._looked:
            return
        self._looked = now
        for number, subject in self.keys.tombstones(self._tombstone):
            with self._lock:
                self._held.pop(subject, None)
                self._tombstone = max(self._tombstone, number)

    def _forget_new(self, rows: dict[UUID, KeyRow], handles: dict[bytes, UUID]) -> None:
        for subject in rows:
            self._new_keys.pop(subject, None)
            if (held := self._held.get(subject)) is not None:
                held.fresh = None
        for handle in handles:
            self._new_handles.pop(handle, None)

    def _give_up(self, rows: dict[UUID, KeyRow], handles: dict[bytes, UUID], mine: set[KeyRow]) -> None:
        """Let go of keys that were not kept, and of pseudonyms that another process was first to give; others wait."""
        with self._lock:
            self._lost = (self._lost | set(rows.values())) - mine
            for subject in rows:
                self._new_keys.pop(subject, None)
                self._held.pop(subject, None)
        orphaned = {handle: one for handle, one in handles.items() if self.keys.subject_of(handle) not in {None, one}}
        with self._lock:
            self._orphans.update(orphaned.values())
            for handle in orphaned:
                self._new_handles.pop(handle, None)

    def _wrapped(self, subject: UUID, version: int, key: bytes) -> KeyRow:
        return KeyRow(subject, version, *self.keks.wrap(key))

    def _secret(self, name: str) -> bytes:
        kept = self.keys.kept(name)
        if kept is None:
            self.keys.keep(name, *self.keks.wrap(secrets.token_bytes(32)))
            kept = self.keys.kept(name)
        if kept is None:
            raise CorruptRecordError("The vault does not keep what it is given; check its disk.")
        return self.keks.unwrap(*kept)


def _deciphered(held: _Held, token: tokens.Token) -> str | None:
    if held.erased or token.key == 0:
        raise ErasedError
    cipher = held.ciphers.get(token.key)
    if cipher is None:
        return None
    try:
        return cipher.decrypt(token.content[:_NONCE], token.content[_NONCE:], token.head.encode()).decode()
    except (InvalidTag, ValueError):
        return None


def group_of(subject: UUID, group: str) -> UUID:
    """Return the pseudonym of a group of other persons in what a person said."""
    return derived_id("subject-group", subject.hex, group)


def own_subject(stream: UUID) -> UUID:
    """Return the pseudonym of whom a stream speaks of, where no sender is known."""
    return derived_id("subject", stream.hex)
