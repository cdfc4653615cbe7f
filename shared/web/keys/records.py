"""What is kept of a key, and the port of the place that keeps it. Of a key's secret only an Argon2id hash is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from shared.events.envelope import Instant
from shared.rights import DEFAULT_TENANT, Caller, Role, Scope


class KeyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One key. A holder's keys are counted by `serial`; rotation adds the next and lets the one before expire."""

    key_id: str
    holder: str
    serial: int
    hashed: str
    role: Role
    made_at: Instant
    tenant: str = DEFAULT_TENANT
    team: str | None = None
    scope: Scope = Scope.ALL
    channels: tuple[str, ...] | None = None
    organisation: str | None = None
    may_override: bool = False
    expires_at: Instant | None = None
    revoked_at: Instant | None = None

    @property
    def caller(self) -> Caller:
        """Who holds the key."""
        return Caller(
            self.holder,
            self.role,
            self.team,
            self.tenant,
            self.scope,
            self.channels,
            self.organisation,
            self.may_override,
        )

    def live(self, now: datetime) -> bool:
        """Whether the key opens anything now."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class KeyStore(Protocol):
    """Keeps records of keys, and sessions by the digest of their secret. Every method is one transaction."""

    def put(self, *records: KeyRecord) -> bool:
        """Write records by their ids; False, and nothing written, when a holder's serial is taken by another key."""
        ...

    def get(self, key_id: str) -> KeyRecord | None:
        """Return the key of a public id."""
        ...

    def held(self, tenant: str, holder: str) -> Sequence[KeyRecord]:
        """Return every key that a holder was ever given, oldest first."""
        ...

    def all(self) -> Sequence[KeyRecord]:
        """Return every key ever made, oldest first."""
        ...

    def open_session(self, digest: str, key_id: str, ends_at: datetime) -> None:
        """Remember a browser session that was opened with a key."""
        ...

    def session(self, digest: str, now: datetime) -> KeyRecord | None:
        """Return the key behind a session that has not ended."""
        ...

    def close_session(self, digest: str) -> None:
        """Forget a browser session."""
        ...

    def close(self) -> None:
        """Let go of the file or connection."""
        ...
