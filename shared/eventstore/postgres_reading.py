"""Reads beside the writer: a few threads with a connection each, so that no event loop waits for the database."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from shared.errors import TryLaterError
from shared.eventstore.postgres_database import ServiceDatabase

T = TypeVar("T")

READERS = 4
PATIENCE = 5.0
"""Seconds for which a read tries to get at a database that is away."""


class Readers:
    """Answers queries from any event loop or thread; a connection that is lost is opened again."""

    def __init__(self, database: ServiceDatabase) -> None:
        """Read a service's schema; connections are opened when they are first needed."""
        self._database = database
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix=f"reader-{database.source}")
        self._own = threading.local()
        self._opened: list[Connection[TupleRow]] = []

    async def rows(self, statement: str, values: Sequence[object] = ()) -> Sequence[TupleRow]:
        """Return the rows of a query."""
        return await self.shaped(statement, values, lambda rows: rows)

    async def shaped(self, statement: str, values: Sequence[object], shape: Callable[[Sequence[TupleRow]], T]) -> T:
        """Return what `shape` makes of the rows of a query; both happen in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: shape(self._rows(statement, values)))

    def close(self) -> None:
        """Let queries in hand finish and close the connections."""
        self._threads.shutdown()
        for connection in self._opened:
            connection.close()

    def _rows(self, statement: str, values: Sequence[object]) -> Sequence[TupleRow]:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._connection().cursor(binary=True).execute(statement, values).fetchall()
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                if time.monotonic() > deadline:
                    raise TryLaterError("The record cannot be read now; try again.") from error
                time.sleep(0.1)

    def _connection(self) -> Connection[Any]:
        connection: Connection[TupleRow] | None = getattr(self._own, "connection", None)
        if connection is None or connection.closed:
            if connection is not None:
                self._own.connection = None  # forgotten first: the database may still be away
                self._opened.remove(connection)
            connection = self._own.connection = self._database.connect("reader")
            self._opened.append(connection)
        return connection
