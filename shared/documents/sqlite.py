"""The embedded document store: one SQLite file per service, a table per collection, JSON bodies.

A collection's table holds id, version, seq (the log position of the last write), the declared columns and the body;
a second table holds the members of its `many` fields. Rows can be rebuilt, so commits need not wait for the disk.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec

from shared.documents.port import Changes, Collection, Demand, Page, Query, R, Row
from shared.documents.sqlite_query import cell, counting, paging

_encode = msgspec.json.Encoder(decimal_format="string").encode
_CHUNK = 500

CACHE_KIB = 16 * 1024
"""Pages kept by a connection: a rebuild writes rows of random ids, which a small cache would read back."""


class SqliteDocuments:
    """Implements `Documents` on one file."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it when it is not there."""
        self._path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._decoders: dict[type[Row], msgspec.json.Decoder[Row]] = {}
        self._connection().execute("CREATE TABLE IF NOT EXISTS positions (name TEXT PRIMARY KEY, position INTEGER)")
        self._connection().execute(
            "CREATE TABLE IF NOT EXISTS parked (name TEXT, stream_id TEXT, cause TEXT, PRIMARY KEY (name, stream_id))"
        )

    async def get(self, collection: Collection[R], row_id: UUID) -> R | None:
        """Return the row of a stream, or None."""
        return (await self.load(collection, [row_id])).get(row_id)

    async def find(self, collection: Collection[R], query: Query) -> Page[R]:
        """Return a page of rows."""
        statement = paging(collection, table(collection), query)
        found = self._connection().execute(statement.sql, statement.values).fetchall()
        rows = [self._decode(collection, body) for body, _sort, _id in found[: query.limit]]
        last = found[query.limit - 1] if len(found) > query.limit else None
        return Page(rows, (last[1], last[2]) if last else None)

    async def count(self, collection: Collection[R], conditions: Sequence[Demand] = ()) -> int:
        """Return how many rows meet all conditions."""
        statement = counting(collection, table(collection), conditions)
        return int(self._connection().execute(statement.sql, statement.values).fetchone()[0])

    async def changes(self, collection: Collection[R], after: int) -> Changes:
        """Return every row written after the mark."""
        sql = f"SELECT body, seq FROM {table(collection)} WHERE seq > ? ORDER BY seq"
        found = self._connection().execute(sql, (after,)).fetchall()
        return Changes([row[0] for row in found], found[-1][1] if found else after)

    async def prepare(self, collection: Collection[R]) -> None:
        """Create the tables and indexes of the collection."""
        name = table(collection)
        columns = "".join(f", {column}" for column in collection.fields)
        with self._transaction() as connection:
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {name} (id TEXT PRIMARY KEY, version INTEGER NOT NULL, "
                f"seq INTEGER NOT NULL, body BLOB NOT NULL{', text_ TEXT' if collection.text else ''}{columns})"
            )
            connection.execute(f"CREATE INDEX IF NOT EXISTS {name}__seq ON {name} (seq)")
            for column in collection.columns:
                lead = () if column in collection.across else ("tenant",)
                wanted = (*lead, column, collection.order, "id", *collection.carried)
                keys = ", ".join(dict.fromkeys(key for key in wanted if key))
                connection.execute(f"CREATE INDEX IF NOT EXISTS {name}__{column} ON {name} ({keys})")
            if collection.many:
                connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {name}__many "
                    "(field TEXT, value TEXT, id TEXT, PRIMARY KEY (field, value, id)) WITHOUT ROWID"
                )
                connection.execute(f"CREATE INDEX IF NOT EXISTS {name}__many_id ON {name}__many (id)")

    async def position(self, collection: Collection[R]) -> int:
        """Return the last log position folded into the rows."""
        sql = "SELECT position FROM positions WHERE name = ?"
        row = self._connection().execute(sql, (table(collection),)).fetchone()
        return row[0] if row else 0

    async def load(self, collection: Collection[R], row_ids: Sequence[UUID]) -> Mapping[UUID, R]:
        """Return the rows of these streams that exist."""
        rows: dict[UUID, R] = {}
        for start in range(0, len(row_ids), _CHUNK):
            keys = [str(row_id) for row_id in row_ids[start : start + _CHUNK]]
            marks = ",".join("?" * len(keys))
            sql = f"SELECT body FROM {table(collection)} WHERE id IN ({marks})"
            for (body,) in self._connection().execute(sql, keys):
                row = self._decode(collection, body)
                rows[row.id] = row
        return rows

    async def save(
        self, collection: Collection[R], rows: Sequence[R], position: int, parked: Mapping[UUID, str] | None = None
    ) -> None:
        """Write rows and position together, and the streams newly parked."""
        name = table(collection)
        with self._transaction() as connection:
            if rows:
                width = 4 + bool(collection.text) + len(collection.fields)
                sql = f"INSERT OR REPLACE INTO {name} VALUES ({','.join('?' * width)})"
                connection.executemany(sql, (_cells(collection, row, position) for row in rows))
            if collection.many and rows:
                connection.executemany(f"DELETE FROM {name}__many WHERE id = ?", ((str(row.id),) for row in rows))
                connection.executemany(
                    f"INSERT OR IGNORE INTO {name}__many VALUES (?, ?, ?)", _members(collection, rows)
                )
            for stream_id, cause in (parked or {}).items():
                connection.execute("INSERT OR IGNORE INTO parked VALUES (?, ?, ?)", (name, str(stream_id), cause))
            connection.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", (name, position))

    async def parked(self, collection: Collection[R]) -> frozenset[UUID]:
        """Return the streams that the view cannot fold."""
        sql = "SELECT stream_id FROM parked WHERE name = ?"
        return frozenset(UUID(row[0]) for row in self._connection().execute(sql, (table(collection),)))

    async def fingerprint(self, collection: Collection[R]) -> str:
        """Return the SHA-256 over all rows in id order, in hex."""
        digest = hashlib.sha256()
        for (body,) in self._connection().execute(f"SELECT body FROM {table(collection)} ORDER BY id"):
            digest.update(len(body).to_bytes(8, "big") + body)
        return digest.hexdigest()

    async def promote(self, built: Collection[R], served: Collection[R]) -> None:
        """Put the rows of `built` in the place of those of `served`, in one step."""
        new, old = table(built), table(served)
        position = await self.position(built)
        with self._transaction() as connection:
            _drop(connection, served)
            connection.execute(f"ALTER TABLE {new} RENAME TO {old}")
            for index in ("seq", *built.columns):
                connection.execute(f"DROP INDEX IF EXISTS {new}__{index}")
            if built.many:
                connection.execute(f"ALTER TABLE {new}__many RENAME TO {old}__many")
                connection.execute(f"DROP INDEX IF EXISTS {new}__many_id")
            connection.execute("DELETE FROM positions WHERE name = ?", (new,))
            connection.execute("UPDATE parked SET name = ? WHERE name = ?", (old, new))
            connection.execute("INSERT OR REPLACE INTO positions VALUES (?, ?)", (old, position))
        await self.prepare(served)

    async def drop(self, collection: Collection[R]) -> None:
        """Remove the collection and its position."""
        with self._transaction() as connection:
            _drop(connection, collection)

    def close(self) -> None:
        """Close the file."""
        for connection in self._opened:
            connection.close()

    def _decode(self, collection: Collection[R], body: bytes) -> R:
        decoder = self._decoders.get(collection.row)
        if decoder is None:
            decoder = self._decoders[collection.row] = msgspec.json.Decoder(collection.row)
        row = decoder.decode(body)
        if not isinstance(row, collection.row):
            raise TypeError("a decoder returns rows of its class")
        return row

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
            for setting in ("journal_mode=WAL", "synchronous=NORMAL", f"cache_size=-{CACHE_KIB}"):
                connection.execute(f"PRAGMA {setting}")
            self._local.connection = connection
            self._opened.append(connection)
        return connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def table(collection: Collection[R]) -> str:
    """Return the table of a collection: its name and version, so that two versions live side by side."""
    return f"{collection.name}__v{collection.version}"


def _drop(connection: sqlite3.Connection, collection: Collection[R]) -> None:
    name = table(collection)
    connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute(f"DROP TABLE IF EXISTS {name}__many")
    connection.execute("DELETE FROM positions WHERE name = ?", (name,))
    connection.execute("DELETE FROM parked WHERE name = ?", (name,))


def _cells(collection: Collection[R], row: R, position: int) -> list[object]:
    cells: list[object] = [str(row.id), row.version, position, _encode(row)]
    if collection.text:
        cells.append(getattr(row, collection.text).casefold())
    cells.extend(cell(getattr(row, column)) for column in collection.fields)
    return cells


def _members(collection: Collection[R], rows: Sequence[R]) -> Iterable[tuple[str, str, str]]:
    for row in rows:
        for field in collection.many:
            for member in getattr(row, field):
                yield field, str(member), str(row.id)
