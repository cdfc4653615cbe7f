"""The library's PostgreSQL recorder as it never skips: every writer takes the table's lock before it takes a number.

The library's database functions insert without that lock, so that a tailing reader passes over facts that are
committed late: they are refused and not even created.
"""

from contextlib import closing

from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder

from shared.errors import SettingsError
from shared.eventstore.postgres_database import ServiceDatabase

CREATE_BESIDE = (
    "CREATE TABLE IF NOT EXISTS lookups (kind text, key text, value text NOT NULL, PRIMARY KEY (kind, key))",
    "CREATE TABLE IF NOT EXISTS answers (key text PRIMARY KEY, fingerprint text, answer bytea NOT NULL)",
    (
        "CREATE TABLE IF NOT EXISTS heard "
        "(reaction text, stream_id uuid, version bigint NOT NULL, PRIMARY KEY (reaction, stream_id))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS parked (id bigint GENERATED ALWAYS AS IDENTITY UNIQUE, reaction text, "
        "stream_id uuid, stream_version bigint, feed text NOT NULL, position bigint NOT NULL, topic text NOT NULL, "
        "cause text NOT NULL, parked_at timestamptz NOT NULL, state bytea NOT NULL, "
        "PRIMARY KEY (reaction, stream_id, stream_version))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS discarded (id bigint PRIMARY KEY, reaction text NOT NULL, feed text NOT NULL, "
        "position bigint NOT NULL, stream_id uuid NOT NULL, stream_version bigint NOT NULL, topic text NOT NULL, "
        "cause text NOT NULL, parked_at timestamptz NOT NULL, who text NOT NULL, why text NOT NULL, "
        "at timestamptz NOT NULL)"
    ),
    (
        "CREATE TABLE IF NOT EXISTS redactions (stream_id uuid, stream_version bigint, sha256 text NOT NULL, "
        "ordered_by text NOT NULL, redacted_at timestamptz NOT NULL, PRIMARY KEY (stream_id, stream_version))"
    ),
)


class LockingRecorder(PostgresProcessRecorder):
    """A process recorder whose numbers are in the order of commits."""

    def __init__(self, datastore: PostgresDatastore, *, channel: str = "stored_events") -> None:
        """Work on a schema; `channel` is where commits are made known."""
        if datastore.enable_db_functions:
            raise SettingsError("The library's database functions lose facts; leave them off.")
        super().__init__(datastore, tracking_table_name="tracking")
        self.channel_name = channel
        self.sql_create_statements.remove(self.sql_create_pg_function_insert_events)


def create_tables(database: ServiceDatabase) -> LockingRecorder:
    """Make the schema and its tables where they are not there, one process at a time; return their recorder."""
    with closing(database.datastore()) as datastore, database.connect("set-up") as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (f"redress set-up {database.source}",))
        schema = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (database.source,)).fetchone()
        if schema is None:
            connection.execute(f'CREATE SCHEMA "{database.source}"')
        recorder = LockingRecorder(datastore, channel=database.channel)
        recorder.create_table()
        for statement in CREATE_BESIDE:
            connection.execute(statement)
    return recorder
