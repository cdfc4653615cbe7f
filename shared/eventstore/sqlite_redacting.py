"""Hard redaction in the file of a record: old bytes are overwritten, in the write-ahead log, too."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

from shared.errors import NotFoundError, TryLaterError
from shared.events import envelope
from shared.events.envelope import Recorded
from shared.eventstore.mapper import EventMapper
from shared.eventstore.redacting import Redacted, rewriting


class SqliteBytes:
    """Implements `RecordBytes` beside a server that may be running."""

    def __init__(self, record: Path) -> None:
        """Take the file of a service's record."""
        self._record = record

    def redact(self, stream_id: UUID, version: int, *, ordered_by: str, at: datetime) -> Redacted:
        """Replace the bytes of a fact; done again, it changes nothing and answers the same."""
        place = (stream_id.hex, version)
        with self._overwriting() as connection:
            row = connection.execute(
                "SELECT topic, state, rowid FROM stored_events WHERE originator_id = ? AND originator_version = ?",
                place,
            ).fetchone()
            if row is None:
                raise NotFoundError(f"There is no fact {version} in the stream {stream_id}.")
            known = connection.execute(
                "SELECT sha256 FROM redactions WHERE stream_id = ? AND stream_version = ?", place
            ).fetchone()
            if known:
                return Redacted(EventMapper().read(*row), known[0])
            bare = rewriting(*row)
            connection.execute(
                "UPDATE stored_events SET state = ? WHERE originator_id = ? AND originator_version = ?",
                (bare.state, *place),
            )
            kept = (*place, bare.sha256, ordered_by, at.isoformat())
            connection.execute("INSERT INTO redactions VALUES (?, ?, ?, ?, ?)", kept)
        return Redacted(bare.fact, bare.sha256)

    def redact_letters(self, fact: Recorded) -> int:
        """Replace the bytes of a redacted fact in dead letters; return how many there were."""
        head = fact.envelope
        with self._overwriting() as connection:
            state = envelope.encode(head, fact.event)
            place = (str(head.stream_id), head.stream_id.hex, head.stream_version)
            sql = "UPDATE parked SET state = ? WHERE stream_id IN (?, ?) AND stream_version = ?"
            return connection.execute(sql, (state, *place)).rowcount

    @contextmanager
    def _overwriting(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._record, timeout=10, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
            if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise TryLaterError(
                    "The fact is redacted; its old bytes still lie in the write-ahead log: redact again."
                )
