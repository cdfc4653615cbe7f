"""How a service's part of a PostgreSQL database is reached: one schema per service, every connection alike."""

import re
from typing import Any

from eventsourcing.postgres import PostgresDatastore
from psycopg import Connection, IsolationLevel, conninfo
from psycopg.rows import TupleRow, dict_row

from shared.errors import SettingsError

SETTINGS = {
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""Unless the address says otherwise: an end of the line that has vanished is noticed within seconds."""

DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', '')"
)
LOCK_SECONDS = 8
"""How long a writer waits for another replica's batch."""
IDLE_MILLISECONDS = 5000
"""A writer that stands still in the middle of a batch loses it after this time: others wait for its lock."""


class ServiceDatabase:
    """Opens connections to the schema of one service; `source` is its name and the schema's."""

    def __init__(self, dsn: str, source: str) -> None:
        """Take a libpq address (URI or key=value); it may hold a password and is never shown."""
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", source):
            raise SettingsError(f"'{source}' cannot name a schema of PostgreSQL; take lower-case letters.")
        self.source = source
        self.channel = f"redress_{source}"
        self._settings: dict[str, Any] = {**SETTINGS, **conninfo.conninfo_to_dict(dsn)}

    def connect(self, role: str) -> Connection[TupleRow]:
        """Open a connection in autocommit mode whose unqualified names mean this schema."""
        settings = {"application_name": f"redress-{self.source}-{role}", **self._settings}
        connection = Connection.connect(**settings, autocommit=True)
        connection.execute(f'SET search_path TO "{self.source}"')
        return connection

    def connect_writer(self) -> Connection[TupleRow]:
        """Open a connection whose commits are on the disk, and which cannot hold others up for ever."""
        connection = self.connect("writer")
        connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_MILLISECONDS}")
        connection.execute(DURABLE)
        connection.autocommit = False
        connection.isolation_level = IsolationLevel.READ_COMMITTED
        return connection

    def datastore(self) -> PostgresDatastore:
        """Return the library's face of the same schema, for its recorder."""
        return _Datastore(self._settings, self.source)


class _Datastore(PostgresDatastore):
    """The library's datastore on any libpq address, not only on the five parts that it knows by name."""

    def __init__(self, settings: dict[str, Any], schema: str) -> None:
        super().__init__(
            dbname="", host="", port="", user="", password="", schema=schema, lock_timeout=LOCK_SECONDS, max_overflow=8
        )
        self.pool.kwargs = {**settings, "row_factory": dict_row}
        self.pool.reconnect_timeout = 5.0
