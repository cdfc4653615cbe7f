"""The tables of keys and sessions in PostgreSQL, in a schema that all services share; the driver is an extra."""

import threading
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import Connection

from shared.errors import TryLaterError
from shared.web.keys import Ran, TakenError

_MAKING = "SELECT pg_advisory_xact_lock(hashtext('redress.access'))"


class PostgresTables:
    """Implements `KeyTables`; a connection that was lost is opened again once."""

    def __init__(self, dsn: str) -> None:
        """Connect, and make the schema when it is not there."""
        self._dsn = dsn
        self._lock = threading.Lock()
        self._connection: Connection[Any] | None = None
        with self._connected().transaction():
            self._connected().execute(_MAKING)
            self._connected().execute("CREATE SCHEMA IF NOT EXISTS access")

    def run(self, sql: str, values: Sequence[object] = ()) -> Ran:
        """Carry out one statement."""
        with self._lock:
            try:
                return self._run(sql, values)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                self._connection = None
                return self._run(sql, values)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _run(self, sql: str, values: Sequence[object]) -> Ran:
        try:
            cursor = self._connected().execute(sql.replace("?", "%s"), values)
        except psycopg.errors.UniqueViolation as error:
            raise TakenError from error
        return Ran(cursor.fetchall() if cursor.description else (), cursor.rowcount)

    def _connected(self) -> Connection[Any]:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = psycopg.connect(
                    self._dsn, autocommit=True, connect_timeout=5, options="-c search_path=access"
                )
            except psycopg.OperationalError as error:
                raise TryLaterError("The keys cannot be read now: PostgreSQL does not answer. Try again.") from error
        return self._connection
