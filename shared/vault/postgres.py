"""The key store on PostgreSQL, in a schema of its own; the driver is an extra that who scales out installs.

Deleted rows stay in pages and the write-ahead log until the server reuses them: keep their back-ups as short as those
of the embedded vault, and the key-encryption key elsewhere.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from shared.errors import TryLaterError
from shared.vault.port import Found, KeyRow, as_rows, as_text

_TABLES = (
    "CREATE SCHEMA IF NOT EXISTS vault",
    (
        "CREATE TABLE IF NOT EXISTS vault.data_keys (subject uuid NOT NULL, version integer NOT NULL, "
        "kek text NOT NULL, wrapped bytea NOT NULL, PRIMARY KEY (subject, version))"
    ),
    "CREATE INDEX IF NOT EXISTS data_keys_kek ON vault.data_keys (kek)",
    "CREATE TABLE IF NOT EXISTS vault.handles (handle bytea PRIMARY KEY, subject uuid NOT NULL)",
    "CREATE INDEX IF NOT EXISTS handles_subject ON vault.handles (subject)",
    (
        "CREATE TABLE IF NOT EXISTS vault.tombstones (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
        "subject uuid NOT NULL UNIQUE, erased_at timestamptz NOT NULL, reason text NOT NULL, "
        "gone text NOT NULL)"
    ),
    "CREATE TABLE IF NOT EXISTS vault.secrets (name text PRIMARY KEY, kek text NOT NULL, wrapped bytea NOT NULL)",
)
_MAKING = "SELECT pg_advisory_xact_lock(hashtext('redress.vault'))"


class PostgresKeys:
    """Implements `KeyStorage` on a database that several processes share."""

    def __init__(self, dsn: str) -> None:
        """Connect, and make the schema when it is not there."""
        self._lock = threading.RLock()
        self._dsn = dsn
        self._connection = psycopg.connect(dsn, autocommit=True)
        with self._transaction():
            self._connection.execute(_MAKING)
            for statement in _TABLES:
                self._connection.execute(statement)

    def find(self, subject: UUID) -> Found:
        """Return the keys of a subject."""
        rows = self._ask(
            "SELECT version, kek, wrapped FROM vault.data_keys WHERE subject = %s ORDER BY version", subject
        )
        if rows:
            return Found(
                [KeyRow(subject, version, kek, bytes(wrapped)) for version, kek, wrapped in rows], erased=False
            )
        return Found((), erased=bool(self._ask("SELECT 1 FROM vault.tombstones WHERE subject = %s", subject)))

    def add(self, rows: Sequence[KeyRow], handles: Sequence[tuple[bytes, UUID]]) -> None:
        """Keep new keys and pseudonyms in one transaction; a lock per person keeps an erasure from slipping between."""
        try:
            with self._transaction():
                for row in sorted(rows):
                    self._hold(row.subject)
                    done = self._connection.execute(
                        "INSERT INTO vault.data_keys SELECT %s, %s, %s, %s "
                        "WHERE NOT EXISTS (SELECT 1 FROM vault.tombstones WHERE subject = %s)",
                        (*row, row.subject),
                    )
                    if done.rowcount != 1:
                        raise TryLaterError("The data of this person was erased this very moment; try again.")
                for handle, subject in handles:
                    self._connection.execute("INSERT INTO vault.handles VALUES (%s, %s)", (handle, subject))
        except psycopg.errors.UniqueViolation as error:
            raise TryLaterError("Another process made the key of this person first; try again.") from error

    def subject_of(self, handle: bytes) -> UUID | None:
        """Return the pseudonym of a hashed handle."""
        rows = self._ask("SELECT subject FROM vault.handles WHERE handle = %s", handle)
        return rows[0][0] if rows else None

    def erase(self, subject: UUID, at: datetime, reason: str) -> Sequence[KeyRow]:
        """Destroy and leave a tombstone, in one transaction."""
        with self._transaction():
            self._hold(subject)
            gone = self._connection.execute(
                "DELETE FROM vault.data_keys WHERE subject = %s RETURNING version, kek", (subject,)
            ).fetchall()
            self._connection.execute("DELETE FROM vault.handles WHERE subject = %s", (subject,))
            told = as_text([KeyRow(subject, version, kek, b"") for version, kek in gone])
            self._connection.execute(
                "INSERT INTO vault.tombstones (subject, erased_at, reason, gone) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT DO NOTHING",
                (subject, at, reason, told),
            )
        ((kept,),) = self._ask("SELECT gone FROM vault.tombstones WHERE subject = %s", subject)
        return as_rows(subject, kept)

    def tombstones(self, after: int) -> Sequence[tuple[int, UUID]]:
        """Return what was erased after a number."""
        return self._ask("SELECT number, subject FROM vault.tombstones WHERE number > %s ORDER BY number", after)

    def wrapped_otherwise(self, kek: str, limit: int) -> Sequence[KeyRow]:
        """Return keys that another key-encryption key wraps."""
        rows = self._ask(
            "SELECT subject, version, kek, wrapped FROM vault.data_keys WHERE kek <> %s LIMIT %s", kek, limit
        )
        return [KeyRow(subject, version, wrapper, bytes(wrapped)) for subject, version, wrapper, wrapped in rows]

    def rewrap(self, before: Sequence[KeyRow], after: Sequence[KeyRow]) -> None:
        """Replace the wrapping of keys that are still as they were read."""
        with self._transaction():
            for old, new in zip(before, after, strict=True):
                self._connection.execute(
                    "UPDATE vault.data_keys SET kek = %s, wrapped = %s "
                    "WHERE subject = %s AND version = %s AND kek = %s",
                    (new.kek, new.wrapped, old.subject, old.version, old.kek),
                )

    def kept(self, name: str) -> tuple[str, bytes] | None:
        """Return a wrapped secret of the vault."""
        rows = self._ask("SELECT kek, wrapped FROM vault.secrets WHERE name = %s", name)
        return (rows[0][0], bytes(rows[0][1])) if rows else None

    def keep(self, name: str, kek: str, wrapped: bytes) -> None:
        """Keep a wrapped secret of the vault, where none is kept."""
        with self._transaction():
            self._connection.execute(
                "INSERT INTO vault.secrets VALUES (%s, %s, %s) ON CONFLICT (name) DO NOTHING", (name, kek, wrapped)
            )

    def rewrap_secret(self, name: str, kek: str, wrapped: bytes) -> None:
        """Keep a secret wrapped anew."""
        with self._transaction():
            self._connection.execute(
                "UPDATE vault.secrets SET kek = %s, wrapped = %s WHERE name = %s", (kek, wrapped, name)
            )

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def _ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._transaction():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            try:
                if self._connection.closed:
                    self._connection = psycopg.connect(self._dsn, autocommit=True)
                with self._connection.transaction():
                    yield
            except psycopg.OperationalError as error:
                raise TryLaterError("The vault does not answer now; try again.") from error

    def _hold(self, subject: UUID) -> None:
        self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (subject.int % 2**63,))
