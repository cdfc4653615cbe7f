"""Keys in PostgreSQL: the store that several processes share. Its driver is an extra, loaded when it is asked for."""

import threading
from collections.abc import Sequence
from typing import Any

from shared.errors import SettingsError, TryLaterError
from shared.web.keys.sql import TABLES, SqlKeyStore, Statement

CONNECT_SECONDS = 5
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('redress.access'))"
"""Several replicas may start on an empty database."""


class PostgresKeyStore(SqlKeyStore):
    """Implements `KeyStore` on one connection, opened anew after it was lost; any thread may ask."""

    def __init__(self, dsn: str) -> None:
        """Connect and make the tables when they are not there; a database that cannot be had is a `SettingsError`."""
        try:
            import psycopg  # noqa: PLC0415 - an extra that the embedded system does without
        except ImportError as error:
            raise SettingsError(
                "Keys in PostgreSQL need the extra: pip install 'redress-grievances[postgres]'."
            ) from error
        self._driver = psycopg
        self._dsn = dsn
        self._lock = threading.Lock()
        self._connection: Any = None
        try:
            with self._connected().transaction():
                for statement in (_ONE_AT_A_TIME, "CREATE SCHEMA IF NOT EXISTS access", *TABLES):
                    self._connected().execute(statement)
        except psycopg.OperationalError as error:
            raise SettingsError("The database of the keys cannot be reached; check its address.") from error

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()

    def _carry_out(self, *statements: Statement) -> bool:
        with self._lock:
            try:
                connection = self._connected()
                with connection.transaction():
                    for sql, values in statements:
                        connection.execute(_spoken(sql), values)
            except self._driver.errors.UniqueViolation:
                return False
            except (self._driver.OperationalError, self._driver.InterfaceError) as error:
                raise self._lost() from error
            return True

    def _rows(self, sql: str, *values: str | int) -> Sequence[Sequence[str]]:
        with self._lock:
            try:
                rows: Sequence[Sequence[str]] = self._connected().execute(_spoken(sql), values).fetchall()
            except (self._driver.OperationalError, self._driver.InterfaceError) as error:
                raise self._lost() from error
            return rows

    def _connected(self) -> Any:
        if self._connection is None or self._connection.closed:
            self._connection = self._driver.connect(
                self._dsn, autocommit=True, connect_timeout=CONNECT_SECONDS, options="-c search_path=access"
            )
        return self._connection

    def _lost(self) -> TryLaterError:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        return TryLaterError("The keys cannot be read now. Try again.")


def _spoken(sql: str) -> str:
    return sql.replace("?", "%s")
