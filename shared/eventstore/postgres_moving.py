"""Move an embedded data folder into PostgreSQL: the same facts under the same numbers, byte by byte, then compared.

What is derived is not moved: topics are filled by the sealer, views are folded anew from the topics. What reactions
have answered is moved as the last version of each stream that they heard, so that none of them answers twice.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import Connection, Cursor
from psycopg.rows import TupleRow

from shared.errors import ConflictError, CorruptRecordError
from shared.eventstore.letters import DeadLetter
from shared.eventstore.postgres_database import ServiceDatabase
from shared.eventstore.postgres_recorder import create_tables

CHUNK = 5000
BESIDE: Mapping[str, tuple[str, ...]] = {
    "lookups": ("kind", "key", "value"),
    "answers": ("key", "fingerprint", "answer"),
    "parked": (*DeadLetter.__struct_fields__, "state"),
    "discarded": (*DeadLetter.__struct_fields__, "who", "why", "at"),
}
_FACTS = (
    "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events "
    "WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
)
_MOVED = (
    "SELECT notification_id, replace(originator_id::text, '-', ''), originator_version, topic, state "
    "FROM stored_events WHERE notification_id <= %s ORDER BY notification_id"
)
_NEXT_LETTER = (
    "SELECT setval(pg_get_serial_sequence('parked', 'id'), 1 + GREATEST("
    "(SELECT COALESCE(MAX(id), 0) FROM parked), (SELECT COALESCE(MAX(id), 0) FROM discarded)), false)"
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one service: facts in all, facts copied this time, and the SHA-256 over all of them."""

    service: str
    facts: int
    copied: int
    digest: str


def move_record(
    data: Path, service: str, reactions: Mapping[str, str], dsn: str, progress: Callable[[int], None]
) -> Moved:
    """Copy one service's record, compare every byte; a second run copies what is missing, and nothing twice.

    `reactions` are the service's own: name -> the service that it listens to. `progress` is told how many facts were
    copied. A `ConflictError` when PostgreSQL holds facts that the folder does not know: it has been used since.
    """
    database = ServiceDatabase(dsn, service)
    create_tables(database)
    with (
        closing(_opened(data, service)) as record,
        database.connect("move") as connection,
    ):
        head = record.execute("SELECT COALESCE(MAX(rowid), 0) FROM stored_events").fetchone()[0]
        before = _head(connection)
        if before > head or _digest_moved(connection, before) != _digest(record, before):
            raise ConflictError(
                f"PostgreSQL holds facts of {service} that the folder does not know: it has been used since. "
                "Move into an empty database."
            )
        _copy_facts(record, connection, before, head, progress)
        _copy_beside(record, connection)
        for reaction, source in reactions.items():
            _copy_heard(data, record, connection, reaction, source)
        digest = _digest(record, head)
        if _digest_moved(connection, head) != digest:
            raise CorruptRecordError(f"The facts of {service} in PostgreSQL are not those of the folder; move again.")
    return Moved(service, head, head - before, digest)


def _opened(data: Path, service: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{data / service / 'record.sqlite'}?mode=ro", uri=True)


def _head(connection: Connection[TupleRow]) -> int:
    row = connection.execute("SELECT COALESCE(MAX(notification_id), 0) FROM stored_events").fetchone()
    return int(row[0]) if row else 0


def _copy_facts(
    record: sqlite3.Connection,
    connection: Connection[TupleRow],
    before: int,
    head: int,
    progress: Callable[[int], None],
) -> None:
    facts = record.execute(_FACTS, (before, head))
    while chunk := facts.fetchmany(CHUNK):
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
            _write(
                cursor,
                "stored_events (notification_id, originator_id, originator_version, topic, state)",
                ((number, _dashed(stream), version, topic, state) for number, stream, version, topic, state in chunk),
            )
            sequence = "pg_get_serial_sequence('stored_events', 'notification_id')"
            cursor.execute(f"SELECT setval({sequence}, %s)", (chunk[-1][0],))
        progress(len(chunk))


def _copy_beside(record: sqlite3.Connection, connection: Connection[TupleRow]) -> None:
    with connection.transaction(), connection.cursor() as cursor:
        for table, columns in BESIDE.items():
            cursor.execute(f"TRUNCATE {table}")
            names = ", ".join(columns)
            _write(cursor, f"{table} ({names})", record.execute(f"SELECT {names} FROM {table}"))
        cursor.execute(_NEXT_LETTER)


def _copy_heard(
    data: Path, record: sqlite3.Connection, connection: Connection[TupleRow], reaction: str, source: str
) -> None:
    statement = "SELECT notification_id FROM tracking WHERE application_name = ?"
    reached = record.execute(statement, (reaction,)).fetchone()
    if reached is None:
        return
    with closing(_opened(data, source)) as heard, connection.transaction(), connection.cursor() as cursor:
        rows = heard.execute(
            "SELECT originator_id, MAX(originator_version) FROM stored_events WHERE rowid <= ? GROUP BY originator_id",
            reached,
        )
        cursor.execute("DELETE FROM heard WHERE reaction = %s", (reaction,))
        last = ((reaction, _dashed(stream), version) for stream, version in rows)
        _write(cursor, "heard (reaction, stream_id, version)", last)


def _write(cursor: Cursor[TupleRow], table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _digest(record: sqlite3.Connection, until: int) -> str:
    return _digest_of(record.execute(_FACTS, (0, until)))


def _digest_moved(connection: Connection[TupleRow], until: int) -> str:
    with connection.transaction(), connection.cursor("moved") as cursor:
        cursor.itersize = CHUNK
        cursor.execute(_MOVED, (until,))
        return _digest_of(cursor)


def _digest_of(rows: Iterable[tuple[Any, ...]]) -> str:
    digest = hashlib.sha256()
    for number, stream, version, topic, state in rows:
        digest.update(f"{number} {stream} {version} {topic} {len(state)} ".encode() + bytes(state))
    return digest.hexdigest()


def _dashed(stream: str) -> str:
    return f"{stream[:8]}-{stream[8:12]}-{stream[12:16]}-{stream[16:20]}-{stream[20:]}"
