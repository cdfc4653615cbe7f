"""The embedded document store: one SQLite file per service, a table per collection, JSON bodies.

A collection's table holds id, version, feed and seq (the position that the last write stood for), the declared columns
and the body; a second table holds the members of its `many` fields. Rows can be rebuilt, so commits need not wait for
the disk, and a file of an older layout is emptied.
"""

import dataclasses
import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from shared.documents import sqlite_text
from shared.documents.port import Changes, Collection, Demand, Mark, Page, Query, R, Scalar
from shared.documents.sqlite_narrow import narrowest
from shared.documents.sqlite_query import Narrow, counting, paging
from shared.documents.sqlite_text import Following, searchable, text_table
from shared.documents.storing import Bodies, cell, encode, stored_name
from shared.ids import new_id

_CHUNK = 500

FEW = 20_000
"""Rows that are quicker found, looked at and sorted than an index of all is walked."""

LAYOUT = 2
"""Raise it when the tables change; all rows are then folded anew."""
_STATE = (
    "CREATE TABLE IF NOT EXISTS positions (name TEXT, feed TEXT, position INTEGER, PRIMARY KEY (name, feed))",
    "CREATE TABLE IF NOT EXISTS parked (name TEXT, stream_id TEXT, cause TEXT, PRIMARY KEY (name, stream_id))",
    "CREATE TABLE IF NOT EXISTS generations (name TEXT PRIMARY KEY, generation TEXT)",
)
_HEAD = ("id", "version", "feed", "seq", "body")
_KEPT = ("positions", "parked", "generations")
"""What is known of a collection beside its rows: it moves with them."""

CACHE_KIB = 16 * 1024
"""Pages kept by a connection: a rebuild writes rows of random ids, which a small cache would read back."""


class SqliteDocuments:
    """Implements `Documents` on one file."""

    def __init__(self, path: Path, ids: Callable[[], UUID] = new_id, *, few: int = FEW) -> None:
        """Open the file, making it when it is not there."""
        self._path = path
        self._few = few
        self._ids = ids
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._bodies = Bodies()
        with self._transaction() as connection:
            _lay_out(connection)

    async def get(self, collection: Collection[R], row_id: UUID) -> R | None:
        """Return the row of a stream, or None."""
        return (await self.load(collection, [row_id])).get(row_id)

    async def find(self, collection: Collection[R], query: Query) -> Page[R]:
        """Return a page of rows."""
        found: list[tuple[bytes, Scalar, str]] = []
        narrow = self._narrow(collection, query.conditions, walked=query.sort == collection.order)
        for statement in paging(collection, stored_name(collection), query, narrow):
            found += self._connection().execute(statement.sql, statement.values)
            if len(found) > query.limit:
                break
        rows = [self._bodies.read(collection, body) for body, _sort, _id in found[: query.limit]]
        last = found[query.limit - 1] if len(found) > query.limit else None
        page = Page(rows, (last[1], last[2]) if last else None)
        if query.most is None:
            return page
        total = len(rows) if page.holds_all(query) else self._total(collection, query.conditions, narrow, query.most)
        return dataclasses.replace(page, total=min(total, query.most))

    async def count(
        self, collection: Collection[R], conditions: Sequence[Demand] = (), *, most: int | None = None
    ) -> int:
        """Return how many rows meet all conditions, or `most` if they are more."""
        narrow = self._narrow(collection, conditions, walked=most is not None)
        return self._total(collection, conditions, narrow, most)

    async def changes(self, collection: Collection[R], after: Mark | None, *, most: int | None = None) -> Changes:
        """Return the rows written since the mark; `most` holds for one feed: those, and what was written with them."""
        name = stored_name(collection)
        with self._transaction("DEFERRED") as connection:
            known = connection.execute("SELECT generation FROM generations WHERE name = ?", (name,)).fetchone()
            mark = Mark(known[0] if known else "", await self.positions(collection))
            anew = after is None or after.generation != mark.generation
            begun = {} if after is None or anew else after.positions
            some = _some_changes(connection, name, mark, begun, most) if most is not None else None
            if some is not None:
                return dataclasses.replace(some, anew=anew)
            if after is None or anew:
                return Changes([row[0] for row in connection.execute(f"SELECT body FROM {name}")], mark, anew=True)
            sql = f"SELECT body FROM {name} WHERE feed = ? AND seq > ? ORDER BY seq"
            rows: list[bytes] = []
            for feed in mark.positions:
                rows += (row[0] for row in connection.execute(sql, (feed, after.positions.get(feed, 0))))
            return Changes(rows, mark, anew=False)

    async def prepare(self, collection: Collection[R], *, bare: bool = False) -> None:
        """Create the tables and indexes of the collection."""
        name = stored_name(collection)
        columns = "".join(f", {column}" for column in (*(("text_",) if collection.text else ()), *collection.fields))
        with self._transaction() as connection:
            connection.execute(
                f"CREATE TABLE IF NOT EXISTS {name} (id TEXT PRIMARY KEY, version INTEGER NOT NULL, "
                f"feed TEXT NOT NULL, seq INTEGER NOT NULL, body BLOB NOT NULL{columns})"
            )
            connection.execute("INSERT OR IGNORE INTO generations VALUES (?, ?)", (name, str(self._ids())))
            if collection.many:
                connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {name}__many "
                    "(field TEXT, value TEXT, id TEXT, PRIMARY KEY (field, value, id)) WITHOUT ROWID"
                )
                connection.execute(f"CREATE INDEX IF NOT EXISTS {name}__many_id ON {name}__many (id)")
            if not bare:
                _index(connection, collection)

    async def position(self, collection: Collection[R], feed: str = "") -> int:
        """Return the last position of a feed folded into the rows."""
        sql = "SELECT position FROM positions WHERE name = ? AND feed = ?"
        row = self._connection().execute(sql, (stored_name(collection), feed)).fetchone()
        return row[0] if row else 0

    async def positions(self, collection: Collection[R]) -> Mapping[str, int]:
        """Return the last position of every feed, by its name."""
        sql = "SELECT feed, position FROM positions WHERE name = ? ORDER BY feed"
        return dict(self._connection().execute(sql, (stored_name(collection),)).fetchall())

    async def load(self, collection: Collection[R], row_ids: Sequence[UUID]) -> Mapping[UUID, R]:
        """Return the rows of these streams that exist."""
        rows: dict[UUID, R] = {}
        for start in range(0, len(row_ids), _CHUNK):
            keys = [str(row_id) for row_id in row_ids[start : start + _CHUNK]]
            marks = ",".join("?" * len(keys))
            sql = f"SELECT body FROM {stored_name(collection)} WHERE id IN ({marks})"
            for (body,) in self._connection().execute(sql, keys):
                row = self._bodies.read(collection, body)
                rows[row.id] = row
        return rows

    async def save(
        self,
        collection: Collection[R],
        rows: Sequence[R],
        position: int,
        parked: Mapping[UUID, str] | None = None,
        feed: str = "",
        *,
        after: int = 0,
    ) -> None:
        """Write rows, the streams newly parked and the position of the feed in one transaction."""
        name = stored_name(collection)
        with self._transaction() as connection:
            newer = _without_older(connection, name, rows, position)
            if newer:
                text = _following(connection, collection, newer)
                connection.executemany(_writing(collection), (_cells(collection, row, feed, position) for row in newer))
                if text is not None:
                    text.follow()
            if collection.many and newer:
                connection.executemany(f"DELETE FROM {name}__many WHERE id = ?", ((str(row.id),) for row in newer))
                connection.executemany(
                    f"INSERT OR IGNORE INTO {name}__many VALUES (?, ?, ?)", _members(collection, newer)
                )
            for stream_id, cause in (parked or {}).items():
                connection.execute("INSERT OR IGNORE INTO parked VALUES (?, ?, ?)", (name, str(stream_id), cause))
            if after <= await self.position(collection, feed) <= position:
                connection.execute("INSERT OR REPLACE INTO positions VALUES (?, ?, ?)", (name, feed, position))

    async def parked(self, collection: Collection[R]) -> frozenset[UUID]:
        """Return the streams that the view cannot fold."""
        sql = "SELECT stream_id FROM parked WHERE name = ?"
        return frozenset(UUID(row[0]) for row in self._connection().execute(sql, (stored_name(collection),)))

    async def fingerprint(self, collection: Collection[R]) -> str:
        """Return the SHA-256 over all rows in id order, in hex."""
        digest = hashlib.sha256()
        for (body,) in self._connection().execute(f"SELECT body FROM {stored_name(collection)} ORDER BY id"):
            digest.update(len(body).to_bytes(8, "big") + body)
        return digest.hexdigest()

    async def promote(self, built: Collection[R], served: Collection[R]) -> None:
        """Put the rows of `built` in the place of those of `served`, in one step."""
        new, old = stored_name(built), stored_name(served)
        with self._transaction() as connection:
            _drop(connection, served)
            connection.execute(f"ALTER TABLE {new} RENAME TO {old}")
            connection.execute(f"DROP TABLE IF EXISTS {text_table(new)}")
            for index in ("seq", *built.columns):
                connection.execute(f"DROP INDEX IF EXISTS {new}__{index}")
            if built.many:
                connection.execute(f"ALTER TABLE {new}__many RENAME TO {old}__many")
                connection.execute(f"DROP INDEX IF EXISTS {new}__many_id")
            for state in _KEPT:
                connection.execute(f"UPDATE {state} SET name = ? WHERE name = ?", (old, new))
        await self.prepare(served)

    async def drop(self, collection: Collection[R]) -> None:
        """Remove the collection and its position."""
        with self._transaction() as connection:
            _drop(connection, collection)

    def close(self) -> None:
        """Close the file."""
        for connection in self._opened:
            connection.close()

    def _narrow(self, collection: Collection[R], conditions: Sequence[Demand], *, walked: bool) -> Narrow | None:
        return narrowest(self._connection(), collection, conditions, self._few, walked=walked)

    def _total(
        self, collection: Collection[R], conditions: Sequence[Demand], narrow: Narrow | None, most: int | None
    ) -> int:
        statement = counting(collection, stored_name(collection), conditions, narrow, most=most)
        return int(self._connection().execute(statement.sql, statement.values).fetchone()[0])

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
    def _transaction(self, kind: str = "IMMEDIATE") -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute(f"BEGIN {kind}")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def _lay_out(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA user_version").fetchone()[0] != LAYOUT:
        # A virtual table takes the tables that it is kept in with it: it goes first, and they are gone by then.
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
            "ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC"
        )
        for (name,) in names.fetchall():
            connection.execute(f"DROP TABLE IF EXISTS {name}")
        connection.execute(f"PRAGMA user_version = {LAYOUT}")
    for statement in _STATE:
        connection.execute(statement)


def _index(connection: sqlite3.Connection, collection: Collection[R]) -> None:
    """Create what rows are searched by."""
    name = stored_name(collection)
    connection.execute(f"CREATE INDEX IF NOT EXISTS {name}__seq ON {name} (feed, seq)")
    for column in collection.columns:
        lead = () if column in collection.across else ("tenant",)
        wanted = (*lead, column, collection.order, "id", *collection.carried)
        keys = ", ".join(dict.fromkeys(key for key in wanted if key))
        connection.execute(f"CREATE INDEX IF NOT EXISTS {name}__{column} ON {name} ({keys})")
    if collection.text:
        sqlite_text.create(connection, name)


def _drop(connection: sqlite3.Connection, collection: Collection[R]) -> None:
    name = stored_name(collection)
    connection.execute(f"DROP TABLE IF EXISTS {text_table(name)}")
    connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute(f"DROP TABLE IF EXISTS {name}__many")
    for state in _KEPT:
        connection.execute(f"DELETE FROM {state} WHERE name = ?", (name,))


def _without_older(connection: sqlite3.Connection, name: str, rows: Sequence[R], position: int) -> Sequence[R]:
    # Another folder of the same feed may have been here first; what it wrote of later facts stays.
    ahead: set[str] = set()
    for start in range(0, len(rows), _CHUNK):
        some = {str(row.id): row.version for row in rows[start : start + _CHUNK]}
        sql = f"SELECT id, version, seq FROM {name} WHERE id IN ({','.join('?' * len(some))})"
        for row_id, version, seq in connection.execute(sql, list(some)):
            if (version, seq) > (some[row_id], position):
                ahead.add(row_id)
    return [row for row in rows if str(row.id) not in ahead] if ahead else rows


def _some_changes(
    connection: sqlite3.Connection, name: str, mark: Mark, begun: Mapping[str, int], most: int
) -> Changes | None:
    """Return the first rows of those written since; None where these are not many, or come by several feeds."""
    if len(mark.positions) != 1:
        return None
    (feed,) = mark.positions
    start = begun.get(feed, 0)
    sql = f"SELECT seq FROM {name} WHERE feed = ? AND seq > ? ORDER BY seq LIMIT 1 OFFSET ?"
    edge = connection.execute(sql, (feed, start, most)).fetchone()
    if edge is None:
        return None
    sql = f"SELECT body FROM {name} WHERE feed = ? AND seq > ? AND seq <= ?"
    rows = [body for (body,) in connection.execute(sql, (feed, start, edge[0]))]
    return Changes(rows, Mark(mark.generation, {feed: edge[0]}), anew=False, more=True)


def _following(connection: sqlite3.Connection, collection: Collection[R], rows: Sequence[R]) -> Following | None:
    """Return what has the index of text follow these rows, if there is one."""
    if not collection.text or not sqlite_text.exists(connection, stored_name(collection)):
        return None
    return Following(connection, collection, rows)


def _writing(collection: Collection[R]) -> str:
    """Return the statement that writes a row. One that is there keeps its place in the table: indexes count on it."""
    columns = [*_HEAD, *(("text_",) if collection.text else ()), *collection.fields]
    marks, new = ",".join("?" * len(columns)), ",".join(f"{one}=excluded.{one}" for one in columns[1:])
    return f"INSERT INTO {stored_name(collection)} VALUES ({marks}) ON CONFLICT(id) DO UPDATE SET {new}"


def _cells(collection: Collection[R], row: R, feed: str, position: int) -> list[object]:
    cells: list[object] = [str(row.id), row.version, feed, position, encode(row)]
    if collection.text:
        cells.append(searchable(getattr(row, collection.text)))
    cells.extend(cell(getattr(row, column)) for column in collection.fields)
    return cells


def _members(collection: Collection[R], rows: Sequence[R]) -> Iterable[tuple[str, str, str]]:
    for row in rows:
        for field in collection.many:
            for member in getattr(row, field):
                yield field, str(member), str(row.id)
