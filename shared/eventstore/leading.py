"""Who of several replicas does what only one may do: the one whose session holds a lock of PostgreSQL."""

import asyncio
from threading import Lock

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow

from shared.eventstore.postgres_database import ServiceDatabase

_TAKE = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"


class Leader:
    """Claims the lead under a name. A leader that cannot prove its claim to the database no longer has it.

    Between two questions another may have taken over for as long as this one did not ask: what is led must bear that.
    """

    def __init__(self, dsn: str, source: str, name: str) -> None:
        """Prepare to claim the lead `name`; `dsn` and `source` as for the service's store."""
        self._database = ServiceDatabase(dsn, source)
        self._name = f"redress lead {source} {name}"
        self._asking = Lock()
        self._connection: Connection[TupleRow] | None = None
        self._leads = False

    async def holds(self) -> bool:
        """Return whether this replica leads, taking the lead when it is free."""
        return await asyncio.to_thread(self._holds)

    def close(self) -> None:
        """Give up the lead."""
        with self._asking:
            self._lose()

    def _holds(self) -> bool:
        with self._asking:
            try:
                return self._ask()
            except (psycopg.OperationalError, psycopg.InterfaceError):
                self._lose()
                return False

    def _ask(self) -> bool:
        if self._connection is None:
            self._connection = self._database.connect("leader")
        if self._leads:
            self._connection.execute("SELECT 1")
            return True
        row = self._connection.execute(_TAKE, (self._name,)).fetchone()
        self._leads = row is not None and row[0]
        return self._leads

    def _lose(self) -> None:
        self._leads = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None
