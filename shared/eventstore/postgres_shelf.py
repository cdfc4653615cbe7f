"""A ledger's files in PostgreSQL, in the schema of their service: every replica reads and writes the same ones."""

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from shared.errors import NotFoundError, TryLaterError
from shared.eventstore.postgres_database import ServiceDatabase
from shared.ledger.shelves import ASIDE

T = TypeVar("T")

_CREATE = "CREATE TABLE IF NOT EXISTS ledger_files (path text PRIMARY KEY, content bytea NOT NULL)"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_PUT = "INSERT INTO ledger_files VALUES (%s, %s) ON CONFLICT (path) DO UPDATE SET content = EXCLUDED.content"
_APPEND = (
    "INSERT INTO ledger_files VALUES (%s, %s) "
    "ON CONFLICT (path) DO UPDATE SET content = ledger_files.content || EXCLUDED.content"
)


class PostgresShelf:
    """Implements `Shelf`; any thread may ask, one at a time."""

    def __init__(self, dsn: str, service: str) -> None:
        """Take the database and the service whose ledger it is; the table is made when it is first needed."""
        self._database = ServiceDatabase(dsn, service)
        self._service = service
        self._lock = threading.Lock()
        self._connection: Connection[TupleRow] | None = None

    def read(self, path: str) -> bytes:
        """Return a file."""
        found = self._do(lambda at: at.execute("SELECT content FROM ledger_files WHERE path = %s", (path,)).fetchone())
        if found is None:
            raise NotFoundError(f"The ledger has no file {path}.")
        return bytes(found[0])

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write files, all in one transaction."""
        self._do(lambda at: at.cursor().executemany(_PUT, list(files.items())))

    def append(self, path: str, content: bytes) -> None:
        """Put something behind a file."""
        self._do(lambda at: at.execute(_APPEND, (path, content)))

    def paths(self) -> list[str]:
        """Return the names of all files."""
        rows = self._do(lambda at: at.execute('SELECT path FROM ledger_files ORDER BY path COLLATE "C"').fetchall())
        return [row[0] for row in rows]

    def drop(self, folder: str) -> None:
        """Remove the files below a name."""
        self._do(lambda at: at.execute("DELETE FROM ledger_files WHERE starts_with(path, %s)", (f"{folder}/",)))

    def move_aside(self, name: str) -> None:
        """Put every file aside."""
        sql = "UPDATE ledger_files SET path = %s || path WHERE NOT starts_with(path, %s)"
        self._do(lambda at: at.execute(sql, (f"{ASIDE}/{name}/", f"{ASIDE}/")))

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _do(self, ask: Callable[[Connection[TupleRow]], T]) -> T:
        with self._lock:
            try:
                connection = self._connected()
                with connection.transaction():
                    return ask(connection)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                self._connection = None
                raise TryLaterError("The ledger cannot be reached: PostgreSQL does not answer. Try again.") from error

    def _connected(self) -> Connection[TupleRow]:
        if self._connection is None or self._connection.closed:
            self._connection = self._database.connect("ledger")
            with self._connection.transaction():
                self._connection.execute(_LOCK, (f"redress ledger {self._service}",))
                self._connection.execute(_CREATE)
        return self._connection
