"""The embedded key store: a file of its own, deleted bytes overwritten, its write-ahead log emptied after erasing."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.errors import TryLaterError
from shared.vault.port import Found, KeyRow, as_rows, as_text

_TABLES = (
    (
        "CREATE TABLE IF NOT EXISTS data_keys (subject BLOB NOT NULL, version INTEGER NOT NULL, kek TEXT NOT NULL, "
        "wrapped BLOB NOT NULL, PRIMARY KEY (subject, version)) WITHOUT ROWID"
    ),
    "CREATE TABLE IF NOT EXISTS handles (handle BLOB PRIMARY KEY, subject BLOB NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS handles_subject ON handles (subject)",
    (
        "CREATE TABLE IF NOT EXISTS tombstones (number INTEGER PRIMARY KEY AUTOINCREMENT, "
        "subject BLOB NOT NULL UNIQUE, erased_at TEXT NOT NULL, reason TEXT NOT NULL, gone TEXT NOT NULL)"
    ),
    (
        "CREATE TABLE IF NOT EXISTS secrets "
        "(name TEXT PRIMARY KEY, kek TEXT NOT NULL, wrapped BLOB NOT NULL) WITHOUT ROWID"
    ),
    "CREATE INDEX IF NOT EXISTS data_keys_kek ON data_keys (kek)",
)
_INSERT_KEY = (
    "INSERT INTO data_keys SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE subject = ?1)"
)
_TRUNCATIONS = 100
_PAUSE = 0.02


class SqliteKeys:
    """Implements `KeyStorage`; any thread may ask, writes go one after the other."""

    def __init__(self, path: Path) -> None:
        """Open or make the file, readable for its owner only."""
        path.touch(mode=0o600)
        self._write_lock = threading.RLock()
        self._writer = _connected(path)
        for statement in _TABLES:
            self._writer.execute(statement)
        self._reader = _connected(path)
        self._read_lock = threading.RLock()

    def find(self, subject: UUID) -> Found:
        """Return the keys of a subject."""
        rows = self._ask(
            "SELECT version, kek, wrapped FROM data_keys WHERE subject = ? ORDER BY version", subject.bytes
        )
        if rows:
            return Found([KeyRow(subject, *row) for row in rows], erased=False)
        return Found((), erased=bool(self._ask("SELECT 1 FROM tombstones WHERE subject = ?", subject.bytes)))

    def add(self, rows: Sequence[KeyRow], handles: Sequence[tuple[bytes, UUID]]) -> None:
        """Keep new keys and pseudonyms in one transaction."""
        try:
            with self._transaction():
                for row in rows:
                    if self._writer.execute(_INSERT_KEY, (row.subject.bytes, *row[1:])).rowcount != 1:
                        raise TryLaterError("The data of this person was erased this very moment; try again.")
                self._writer.executemany(
                    "INSERT INTO handles VALUES (?, ?)", [(handle, subject.bytes) for handle, subject in handles]
                )
        except sqlite3.IntegrityError as error:
            raise TryLaterError("Another process made the key of this person first; try again.") from error

    def subject_of(self, handle: bytes) -> UUID | None:
        """Return the pseudonym of a hashed handle."""
        rows = self._ask("SELECT subject FROM handles WHERE handle = ?", handle)
        return UUID(bytes=rows[0][0]) if rows else None

    def erase(self, subject: UUID, at: datetime, reason: str) -> Sequence[KeyRow]:
        """Destroy, leave a tombstone, and empty the write-ahead log, which still holds pages as they were."""
        with self._write_lock, self._read_lock:
            with self._transaction():
                gone = self._writer.execute(
                    "DELETE FROM data_keys WHERE subject = ? RETURNING version, kek, wrapped", (subject.bytes,)
                ).fetchall()
                self._writer.execute("DELETE FROM handles WHERE subject = ?", (subject.bytes,))
                self._writer.execute(
                    "INSERT OR IGNORE INTO tombstones (subject, erased_at, reason, gone) VALUES (?, ?, ?, ?)",
                    (subject.bytes, at.isoformat(), reason, as_text([KeyRow(subject, *row) for row in gone])),
                )
            self._truncate()
        (told,) = self._ask("SELECT gone FROM tombstones WHERE subject = ?", subject.bytes)
        return as_rows(subject, told[0])

    def tombstones(self, after: int) -> Sequence[tuple[int, UUID]]:
        """Return what was erased after a number."""
        rows = self._ask("SELECT number, subject FROM tombstones WHERE number > ? ORDER BY number", after)
        return [(number, UUID(bytes=subject)) for number, subject in rows]

    def wrapped_otherwise(self, kek: str, limit: int) -> Sequence[KeyRow]:
        """Return keys that another key-encryption key wraps."""
        rows = self._ask(
            "SELECT subject, version, kek, wrapped FROM data_keys WHERE kek > ?1 OR kek < ?1 LIMIT ?2", kek, limit
        )
        return [KeyRow(UUID(bytes=row[0]), *row[1:]) for row in rows]

    def rewrap(self, before: Sequence[KeyRow], after: Sequence[KeyRow]) -> None:
        """Replace the wrapping of keys that are still as they were read."""
        changes = [
            (new.kek, new.wrapped, old.subject.bytes, old.version, old.kek)
            for old, new in zip(before, after, strict=True)
        ]
        with self._transaction():
            self._writer.executemany(
                "UPDATE data_keys SET kek = ?, wrapped = ? WHERE subject = ? AND version = ? AND kek = ?", changes
            )

    def kept(self, name: str) -> tuple[str, bytes] | None:
        """Return a wrapped secret of the vault."""
        rows = self._ask("SELECT kek, wrapped FROM secrets WHERE name = ?", name)
        return (rows[0][0], rows[0][1]) if rows else None

    def keep(self, name: str, kek: str, wrapped: bytes) -> None:
        """Keep a wrapped secret of the vault, where none is kept."""
        with self._transaction():
            self._writer.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?, ?)", (name, kek, wrapped))

    def rewrap_secret(self, name: str, kek: str, wrapped: bytes) -> None:
        """Keep a secret wrapped anew."""
        with self._transaction():
            self._writer.execute("UPDATE secrets SET kek = ?, wrapped = ? WHERE name = ?", (kek, wrapped, name))

    def close(self) -> None:
        """Close both connections."""
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()

    def _ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._read_lock:
            return self._reader.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._write_lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._writer.execute("COMMIT")
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")

    def _truncate(self) -> None:
        for _ in range(_TRUNCATIONS):
            if self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0:
                return
            time.sleep(_PAUSE)
        raise TryLaterError("The keys are destroyed, but another process still reads the vault; erase once more.")


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {setting}")
    return connection
