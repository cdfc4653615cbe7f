"""API keys and browser sessions. A key is shown once and kept only as a SHA-256 of 256 random bits."""

import hashlib
import secrets
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from shared.clock import Clock, system_clock
from shared.errors import ConflictError
from shared.web.access import Caller, Role

SESSION_HOURS = 12
_FRESH_SECONDS = 5.0
_TABLES = (
    (
        "CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, role TEXT NOT NULL, "
        "team TEXT, made_at TEXT NOT NULL, revoked_at TEXT)"
    ),
    "CREATE TABLE IF NOT EXISTS sessions (digest TEXT PRIMARY KEY, key_id TEXT NOT NULL, ends_at TEXT NOT NULL)",
)


class TakenError(Exception):
    """A row with this key is there already."""


class Ran(NamedTuple):
    """What a statement gave back, and how many rows it touched."""

    rows: Sequence[tuple[Any, ...]]
    touched: int


class KeyTables(Protocol):
    """The tables of keys and sessions, in a file or in a database; statements mark their values by `?`."""

    def run(self, sql: str, values: Sequence[object] = ()) -> Ran:
        """Carry out one statement durably; a `TakenError` when what it inserts is there already."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class SqliteTables:
    """Implements `KeyTables` on a file that only its owner may read."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it when it is not there."""
        self._lock = threading.Lock()
        path.touch(mode=0o600, exist_ok=True)
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")

    def run(self, sql: str, values: Sequence[object] = ()) -> Ran:
        """Carry out one statement."""
        with self._lock:
            try:
                cursor = self._connection.execute(sql, tuple(values))
            except sqlite3.IntegrityError as error:
                raise TakenError from error
            return Ran(cursor.fetchall(), cursor.rowcount)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class Keys:
    """Implements `Gatekeeper`. What it answered is believed for five seconds."""

    def __init__(self, tables: KeyTables, clock: Clock = system_clock) -> None:
        """Make the tables where they are not there."""
        self._tables = tables
        self._clock = clock
        self._known: dict[str, tuple[datetime, Caller]] = {}
        for statement in _TABLES:
            tables.run(statement)

    def create(self, role: Role, team: str | None = None, name: str | None = None) -> tuple[Caller, str]:
        """Make a key and return who it stands for and the key itself, which cannot be shown again."""
        caller = Caller(name or f"{role}-{secrets.token_hex(4)}", role, team)
        key = f"rdk_{secrets.token_urlsafe(32)}"
        row = (caller.id, _digest(key), role.value, team, self._clock().isoformat())
        try:
            self._tables.run("INSERT INTO keys VALUES (?, ?, ?, ?, ?, NULL)", row)
        except TakenError as error:
            raise ConflictError(f"There is a key of {caller.id} already; take another name.") from error
        return caller, key

    def listed(self) -> list[str]:
        """Return a line for each key ever made: who, role, team, when made, when revoked."""
        rows = self._tables.run("SELECT id, role, team, made_at, revoked_at FROM keys ORDER BY made_at").rows
        return [
            f"{key_id}  {role}  {team or '-'}  made {made}" + (f"  revoked {revoked}" if revoked else "")
            for key_id, role, team, made, revoked in rows
        ]

    def revoke(self, key_id: str) -> bool:
        """Make a key useless from now on; False when there is no such live key."""
        sql = "UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
        changed = self._tables.run(sql, (self._clock().isoformat(), key_id)).touched
        self._known.clear()
        return changed > 0

    def knows(self, key_id: str) -> bool:
        """Return whether a key with this id was ever made."""
        return bool(self._tables.run("SELECT 1 FROM keys WHERE id = ?", (key_id,)).rows)

    def caller(self, key: str) -> Caller | None:
        """Return who holds this key, or None."""
        sql = "SELECT id, role, team FROM keys WHERE digest = ? AND revoked_at IS NULL"
        return self._remembered(_digest(key), lambda digest: (sql, (digest,)))

    def open_session(self, key: str) -> str | None:
        """Begin a browser session for the holder of a key; None for an unknown one."""
        caller = self.caller(key)
        if caller is None:
            return None
        session = secrets.token_urlsafe(32)
        ends_at = (self._clock() + timedelta(hours=SESSION_HOURS)).isoformat()
        self._tables.run("INSERT INTO sessions VALUES (?, ?, ?)", (_digest(session), caller.id, ends_at))
        return session

    def close_session(self, session: str) -> None:
        """End a browser session."""
        self._tables.run("DELETE FROM sessions WHERE digest = ?", (_digest(session),))
        self._known.clear()

    def session_caller(self, session: str) -> Caller | None:
        """Return who opened this browser session, or None when it has ended."""
        sql = (
            "SELECT keys.id, role, team FROM sessions JOIN keys ON keys.id = key_id "
            "WHERE sessions.digest = ? AND ends_at > ? AND revoked_at IS NULL"
        )
        return self._remembered(_digest(session), lambda digest: (sql, (digest, self._clock().isoformat())))

    def close(self) -> None:
        """Let go of the tables."""
        self._tables.close()

    def _remembered(self, digest: str, question: Callable[[str], tuple[str, tuple[str, ...]]]) -> Caller | None:
        now = self._clock()
        known = self._known.get(digest)
        if known is not None and (now - known[0]).total_seconds() < _FRESH_SECONDS:
            return known[1]
        sql, values = question(digest)
        row = next(iter(self._tables.run(sql, values).rows), None)
        if row is None:
            self._known.pop(digest, None)
            return None
        caller = Caller(row[0], Role(row[1]), row[2])
        self._known[digest] = (now, caller)
        return caller


def kept_keys(path: Path, clock: Clock = system_clock) -> Keys:
    """Return the keys of a file, making it when it is not there."""
    return Keys(SqliteTables(path), clock)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
