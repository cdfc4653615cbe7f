"""The library's SQLite recorder with numbers that survive dump, vacuum and deletion, and durable commits.

Beside the events lie, in the same file and the same transactions, small tables: how far reactions have read (the
library's `tracking`, and per stream `heard`), the index, the answers given under an idempotency key, parked facts and
those that were given up, and the hashes of facts as they were before a court had them redacted.
"""

from pathlib import Path

from eventsourcing.sqlite import (
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteProcessRecorder,
)

CREATE_EVENTS = (
    "CREATE TABLE IF NOT EXISTS stored_events ("
    "rowid INTEGER PRIMARY KEY AUTOINCREMENT, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, "
    "topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE (originator_id, originator_version))"
)
CREATE_BESIDE = (
    (
        "CREATE TABLE IF NOT EXISTS lookups "
        "(kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID"
    ),
    "CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, fingerprint TEXT, answer BLOB NOT NULL) WITHOUT ROWID",
    (
        "CREATE TABLE IF NOT EXISTS parked (id INTEGER PRIMARY KEY AUTOINCREMENT, reaction TEXT NOT NULL, "
        "stream_id TEXT NOT NULL, stream_version INTEGER NOT NULL, feed TEXT NOT NULL, position INTEGER NOT NULL, "
        "topic TEXT NOT NULL, cause TEXT NOT NULL, parked_at TEXT NOT NULL, state BLOB NOT NULL, "
        "UNIQUE (reaction, stream_id, stream_version))"
    ),
    (
        "CREATE TABLE IF NOT EXISTS discarded (id INTEGER PRIMARY KEY, reaction TEXT NOT NULL, feed TEXT NOT NULL, "
        "position INTEGER NOT NULL, stream_id TEXT NOT NULL, stream_version INTEGER NOT NULL, topic TEXT NOT NULL, "
        "cause TEXT NOT NULL, parked_at TEXT NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL)"
    ),
    (
        "CREATE TABLE IF NOT EXISTS heard (reaction TEXT NOT NULL, stream_id TEXT NOT NULL, version INTEGER NOT NULL, "
        "PRIMARY KEY (reaction, stream_id)) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE IF NOT EXISTS redactions (stream_id TEXT NOT NULL, stream_version INTEGER NOT NULL, "
        "sha256 TEXT NOT NULL, ordered_by TEXT NOT NULL, redacted_at TEXT NOT NULL, "
        "PRIMARY KEY (stream_id, stream_version)) WITHOUT ROWID"
    ),
)
KEEP_EARLIER = (
    "INSERT INTO parked (reaction, stream_id, stream_version, feed, position, topic, cause, parked_at, state) "
    "SELECT reaction, stream_id, stream_version, '', position, topic, cause, parked_at, x'' FROM parked_before"
)
"""Dead letters of a file made before they kept their bytes: they can be seen and discarded."""


class _DurablePool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        connection.cursor().execute("PRAGMA synchronous=FULL")
        return connection


class DurableDatastore(SQLiteDatastore):
    """A datastore whose every commit is on the disk before it returns, whatever the build's default is."""

    def __init__(self, path: Path, *, lock_timeout: int = 10) -> None:
        """Open the file, making it when it is not there; `lock_timeout` is in seconds."""
        super().__init__(f"file:{path}", lock_timeout=lock_timeout)
        self.pool.close()
        self.pool = _DurablePool(db_name=f"file:{path}", lock_timeout=lock_timeout)


class StableRecorder(SQLiteProcessRecorder):
    """A process recorder whose notification ids are a declared key: never renumbered, never used twice."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        """Prepare statements for a table whose first column is the number."""
        super().__init__(datastore)
        self.insert_events_statement = (
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
        )

    def construct_create_table_statements(self) -> list[str]:
        """Create the numbered table in the place of the library's, then its other tables and ours."""
        library = [
            statement for statement in super().construct_create_table_statements() if "stored_events" not in statement
        ]
        return [CREATE_EVENTS, *library, *CREATE_BESIDE]

    def _create_table(self, c: SQLiteCursor) -> None:
        c.execute("SELECT name FROM pragma_table_info('parked')")
        columns = {row["name"] for row in c.fetchall()}
        outgrown = bool(columns) and "state" not in columns
        if outgrown:
            c.execute("ALTER TABLE parked RENAME TO parked_before")
        super()._create_table(c)
        if outgrown:
            c.execute(KEEP_EARLIER)
            c.execute("DROP TABLE parked_before")

    def max_notification_id(self) -> int:
        """Return the newest number, 0 for an empty log."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(self.select_max_notification_id_statement)
            return cursor.fetchone()[0] or 0
