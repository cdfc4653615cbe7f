"""The book of keys: makes, rotates and revokes them, and tells who holds one.

A key is `rdk_ID_SECRET`. The id is public and finds the record; the secret is 256 random bits, kept as Argon2id only.
"""

import asyncio
import hashlib
import re
import secrets
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from msgspec.structs import replace

from shared.clock import Clock, system_clock
from shared.errors import ConflictError, InvalidError
from shared.rights import DEFAULT_TENANT, Caller, Role, Scope
from shared.web.keys.records import KeyRecord, KeyStore
from shared.web.slowing import Slowing

SESSION_HOURS = 12
GRACE = timedelta(days=7)
"""How long the key before lives on after a rotation."""
FRESH_SECONDS = 5.0
_MOST_REMEMBERED = 10_000
_KEY = re.compile(r"rdk_([0-9a-f]{16})_([\w-]{43})", re.ASCII)
_NAME = re.compile(r"(?!oidc:|system:)[\w.:@+/-]{1,100}")
_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class Cost(NamedTuple):
    """What one Argon2id hash costs: passes, and memory in KiB. The default is the least that OWASP recommends."""

    passes: int = 2
    memory: int = 19 * 1024


COST = Cost()


class Keys:
    """Knows keys and sessions. What it answered is believed for five seconds, without a look at the store."""

    def __init__(self, store: KeyStore, clock: Clock = system_clock, cost: Cost = COST) -> None:
        """Stand on an open store."""
        self._store = store
        self._clock = clock
        self._hasher = argon2.PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory, parallelism=1)
        self._hashing = threading.BoundedSemaphore(2)
        self._known: dict[str, tuple[datetime, Caller]] = {}
        self._proven: dict[str, str] = {}
        self._slowing = Slowing(clock)

    def create(
        self,
        role: Role,
        team: str | None = None,
        name: str | None = None,
        *,
        tenant: str = DEFAULT_TENANT,
        scope: Scope | None = None,
        channels: Sequence[str] | None = None,
        organisation: str | None = None,
        may_override: bool = False,
        life: timedelta | None = None,
    ) -> tuple[Caller, str]:
        """Make a key and return who it stands for and the key itself, which cannot be shown again."""
        holder = name or f"{role}-{secrets.token_hex(4)}"
        scope = scope or (Scope.ORGANISATION if role is Role.PARTNER else Scope.ALL)
        now = self._clock()
        wanted = KeyRecord(
            key_id="",
            holder=holder,
            serial=1,
            hashed="",
            role=role,
            made_at=now,
            tenant=tenant,
            team=team,
            scope=scope,
            channels=tuple(channels) if channels is not None else None,
            organisation=organisation,
            may_override=may_override,
            expires_at=now + life if life else None,
        )
        _check(wanted)
        record, key = self._minted(wanted)
        if not self._store.put(record):
            raise ConflictError(f"There is a key of {holder} already; take another name, or rotate it.")
        return record.caller, key

    def rotate(
        self, holder: str, tenant: str = DEFAULT_TENANT, *, grace: timedelta = GRACE, life: timedelta | None = None
    ) -> str | None:
        """Make the holder's next key and let the ones before live on for `grace`; None when no live key is held."""
        now = self._clock()
        held = self._store.held(tenant, holder)
        live = [record for record in held if record.live(now)]
        if not live:
            return None
        expires_at = now + life if life else None
        successor = replace(held[-1], serial=held[-1].serial + 1, made_at=now, expires_at=expires_at, revoked_at=None)
        record, key = self._minted(successor)
        ending = [replace(old, expires_at=min(now + grace, old.expires_at or now + grace)) for old in live]
        if not self._store.put(record, *ending):
            raise ConflictError(f"The key of {holder} is being rotated by somebody else; look, and try again.")
        self._known.clear()
        return key

    def revoke(self, holder: str, tenant: str = DEFAULT_TENANT) -> bool:
        """Make every key of a holder useless from now on; False when there is no such live key."""
        now = self._clock()
        live = self._live(holder, tenant, now)
        if live:
            self._store.put(*(replace(record, revoked_at=now) for record in live))
        self._known.clear()
        return bool(live)

    def listed(self) -> list[str]:
        """Return a line for each key ever made: whose, what for, how far it reaches, since and until when."""
        return [_line(record) for record in self._store.all()]

    def knows(self, holder: str, tenant: str = DEFAULT_TENANT) -> bool:
        """Return whether a key of this holder was ever made."""
        return bool(self._store.held(tenant, holder))

    def stands(self, holder: str, tenant: str = DEFAULT_TENANT) -> bool:
        """Return whether this holder still has a live key; of who comes with a token only its issuer knows."""
        return holder.startswith("oidc:") or bool(self._live(holder, tenant, self._clock()))

    async def caller(self, key: str) -> Caller | None:
        """Return who holds this key, or None for an unknown, expired, revoked or malformed one."""
        return self._remembered(key) or await asyncio.to_thread(self.verified, key)

    async def session_caller(self, session: str) -> Caller | None:
        """Return who opened this browser session, or None when it is unknown or has ended."""
        return self._remembered(session) or await asyncio.to_thread(self._in_session, session)

    async def open_session(self, key: str) -> str | None:
        """Begin a browser session for the holder of a key; None for an unknown one."""
        return await asyncio.to_thread(self._opened, key)

    async def close_session(self, session: str) -> None:
        """End a browser session."""
        await asyncio.to_thread(self._store.close_session, _digest(session))
        self._known.clear()

    def verified(self, key: str) -> Caller | None:
        """Return who holds this key, after a look at the store; wrong secrets make the next try wait (429)."""
        record = self._verified(key)
        return None if record is None else self._believed(key, record)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _verified(self, key: str) -> KeyRecord | None:
        found = _KEY.fullmatch(key)
        record = self._store.get(found[1]) if found else None
        if found is None or record is None or not record.live(self._clock()):
            return None
        digest = _digest(key)
        if self._proven.get(digest) == record.hashed:
            return record
        self._slowing.demand_patience(record.key_id)
        if not self._matches(record.hashed, found[2]):
            self._slowing.failed(record.key_id)
            return None
        self._slowing.succeeded(record.key_id)
        self._proven[digest] = record.hashed
        return record

    def _live(self, holder: str, tenant: str, now: datetime) -> Sequence[KeyRecord]:
        return [record for record in self._store.held(tenant, holder) if record.live(now)]

    def _matches(self, hashed: str, secret: str) -> bool:
        try:
            with self._hashing:
                return self._hasher.verify(hashed, secret)
        except (VerifyMismatchError, InvalidHashError):
            return False

    def _minted(self, record: KeyRecord) -> tuple[KeyRecord, str]:
        key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
        return replace(record, key_id=key_id, hashed=self._hasher.hash(secret)), f"rdk_{key_id}_{secret}"

    def _opened(self, key: str) -> str | None:
        record = self._verified(key)
        if record is None:
            return None
        session = secrets.token_urlsafe(32)
        ends_at = self._clock() + timedelta(hours=SESSION_HOURS)
        self._store.open_session(_digest(session), record.key_id, ends_at)
        return session

    def _in_session(self, session: str) -> Caller | None:
        now = self._clock()
        record = self._store.session(_digest(session), now)
        return self._believed(session, record) if record is not None and record.live(now) else None

    def _remembered(self, credential: str) -> Caller | None:
        known = self._known.get(_digest(credential))
        if known is None or (self._clock() - known[0]).total_seconds() >= FRESH_SECONDS:
            return None
        return known[1]

    def _believed(self, credential: str, record: KeyRecord) -> Caller:
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
            self._proven.clear()
        caller = record.caller
        self._known[_digest(credential)] = (self._clock(), caller)
        return caller


def _check(wanted: KeyRecord) -> None:
    if not _NAME.fullmatch(wanted.holder):
        raise InvalidError("A name has letters, digits and . : @ + / - _, and begins neither 'oidc:' nor 'system:'.")
    if not _TENANT.fullmatch(wanted.tenant):
        raise InvalidError("A tenant has small letters, digits and hyphens, up to 40.")
    if wanted.scope is Scope.TEAM and wanted.team is None:
        raise InvalidError("The scope 'team' needs a team.")
    speaks = wanted.role is Role.PARTNER
    if speaks != (wanted.scope is Scope.ORGANISATION) or (speaks and wanted.organisation is None):
        raise InvalidError("A partner, and nobody else, has the scope 'organisation', and the id of one.")


def _line(record: KeyRecord) -> str:
    until = f"  expires {record.expires_at.isoformat()}" if record.expires_at else ""
    gone = f"  revoked {record.revoked_at.isoformat()}" if record.revoked_at else ""
    limited = f"  channels {','.join(record.channels)}" if record.channels is not None else ""
    return (
        f"{record.holder}  {record.role}  {record.team or '-'}  {record.tenant}/{record.scope}{limited}"
        f"  made {record.made_at.isoformat()}{until}{gone}"
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
