"""The store of keys in SQL that both engines understand; an engine brings the connection and its place-holders."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from shared.web.keys.records import KeyRecord, KeyStore

Statement = tuple[str, tuple[str | int, ...]]

_KEYS = (
    "CREATE TABLE IF NOT EXISTS api_keys (key_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, holder TEXT NOT NULL, "
    "serial INTEGER NOT NULL, made_at TEXT NOT NULL, record TEXT NOT NULL, UNIQUE (tenant, holder, serial))"
)
_SESSIONS = (
    "CREATE TABLE IF NOT EXISTS api_sessions (digest TEXT PRIMARY KEY, key_id TEXT NOT NULL, ends_at TEXT NOT NULL)"
)
TABLES = (_KEYS, _SESSIONS)

_PUT = (
    "INSERT INTO api_keys (key_id, tenant, holder, serial, made_at, record) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (key_id) DO UPDATE SET record = excluded.record"
)


class SqlKeyStore(KeyStore):
    """Implements `KeyStore` on whatever carries out statements. Times are text in UTC, so that order is time order."""

    @abstractmethod
    def _carry_out(self, *statements: Statement) -> bool:
        """Carry out statements in one transaction; False, and nothing done, when a unique column stands against it."""

    @abstractmethod
    def _rows(self, sql: str, *values: str | int) -> Sequence[Sequence[str]]:
        """Return the rows of a question."""

    def put(self, *records: KeyRecord) -> bool:
        """Write records by their ids."""
        return self._carry_out(*((_PUT, _row(record)) for record in records))

    def get(self, key_id: str) -> KeyRecord | None:
        """Return the key of a public id."""
        return _first(self._rows("SELECT record FROM api_keys WHERE key_id = ?", key_id))

    def held(self, tenant: str, holder: str) -> Sequence[KeyRecord]:
        """Return every key that a holder was ever given."""
        sql = "SELECT record FROM api_keys WHERE tenant = ? AND holder = ? ORDER BY serial"
        return [_read(row) for row in self._rows(sql, tenant, holder)]

    def all(self) -> Sequence[KeyRecord]:
        """Return every key ever made."""
        return [_read(row) for row in self._rows("SELECT record FROM api_keys ORDER BY made_at, key_id")]

    def open_session(self, digest: str, key_id: str, ends_at: datetime) -> None:
        """Remember a browser session."""
        self._carry_out(("INSERT INTO api_sessions VALUES (?, ?, ?)", (digest, key_id, _text(ends_at))))

    def session(self, digest: str, now: datetime) -> KeyRecord | None:
        """Return the key behind a session that has not ended."""
        sql = (
            "SELECT record FROM api_sessions JOIN api_keys ON api_keys.key_id = api_sessions.key_id "
            "WHERE digest = ? AND ends_at > ?"
        )
        return _first(self._rows(sql, digest, _text(now)))

    def close_session(self, digest: str) -> None:
        """Forget a browser session."""
        self._carry_out(("DELETE FROM api_sessions WHERE digest = ?", (digest,)))


def _row(record: KeyRecord) -> tuple[str | int, ...]:
    body = msgspec.json.encode(record).decode()
    return record.key_id, record.tenant, record.holder, record.serial, _text(record.made_at), body


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _read(row: Sequence[str]) -> KeyRecord:
    return msgspec.json.decode(row[0], type=KeyRecord)


def _first(rows: Sequence[Sequence[str]]) -> KeyRecord | None:
    return _read(rows[0]) if rows else None
