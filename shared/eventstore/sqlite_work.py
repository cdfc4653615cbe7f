"""The unit of work on an open SQLite transaction."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from shared.errors import ConflictError, NotFoundError
from shared.events.envelope import Event, Recorded
from shared.eventstore import answers
from shared.eventstore.context import CommandContext
from shared.eventstore.index import Indexer
from shared.eventstore.letters import DeadLetter, Discarding
from shared.eventstore.mapper import EventMapper
from shared.eventstore.store import Written
from shared.eventstore.wrapping import wrap
from shared.supervision import Failure, attempt
from shared.vault.sealing import Sealer

_INSERT = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?, ?, ?, ?)"
SELECT_STREAM = "SELECT topic, state, rowid FROM stored_events WHERE originator_id = ? ORDER BY originator_version"
LETTER_COLUMNS = ", ".join(DeadLetter.__struct_fields__)
_PARK = (
    "INSERT INTO parked (reaction, stream_id, stream_version, feed, position, topic, cause, parked_at, state) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (reaction, stream_id, stream_version) DO UPDATE "
    "SET feed = ?4, position = ?5, topic = ?6, cause = ?7, parked_at = ?8, state = ?9"
)


class SqliteWork:
    """Implements `UnitOfWork`; remembers what it appended, for the check after an ambiguous commit."""

    def __init__(
        self,
        cursor: sqlite3.Cursor,
        mapper: EventMapper,
        indexer: Indexer,
        ids: Callable[[], UUID],
        *,
        careful: bool,
        sealer: Sealer | None = None,
    ) -> None:
        """Work on the transaction of this cursor; `careful` lets a single step be undone, at a price."""
        self._cursor = cursor
        self._mapper = mapper
        self._indexer = indexer
        self._ids = ids
        self._careful = careful
        self._sealer = sealer
        self.appended: list[Recorded] = []
        self.has_written = False

    def read(self, stream_id: UUID) -> Sequence[Recorded]:
        """Return the facts of a stream in order."""
        return [self._mapper.read(*row) for row in self._cursor.execute(SELECT_STREAM, (stream_id.hex,)).fetchall()]

    def version(self, stream_id: UUID) -> int:
        """Return the version of a stream without reading its facts."""
        statement = "SELECT MAX(originator_version) FROM stored_events WHERE originator_id = ?"
        return self._cursor.execute(statement, (stream_id.hex,)).fetchone()[0] or 0

    def append(
        self, stream_id: UUID, expected_version: int, events: Sequence[Event], context: CommandContext
    ) -> Sequence[Recorded]:
        """Append facts behind the expected version."""
        return [
            self._insert(wrap(event, self._ids(), stream_id, expected_version + offset, context, sealer=self._sealer))
            for offset, event in enumerate(events, start=1)
        ]

    def lookup(self, kind: str, key: str) -> str | None:
        """Return what the index says about a key."""
        row = self._cursor.execute("SELECT value FROM lookups WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return row[0] if row else None

    def guarded(self, step: Callable[[], None]) -> Failure | None:
        """Carry out a step; if it fails, undo just that step and return how it failed."""
        if not self._careful:
            return self._unguarded(step)
        kept = len(self.appended)
        self._cursor.execute("SAVEPOINT step")
        outcome = _attempted(step)
        if isinstance(outcome, Failure):
            self._cursor.execute("ROLLBACK TO step")
            del self.appended[kept:]
        self._cursor.execute("RELEASE step")
        return outcome

    def _unguarded(self, step: Callable[[], None]) -> Failure | None:
        before, self.has_written = self.has_written, False
        outcome = _attempted(step)
        if outcome is not None and self.has_written:
            raise outcome.error
        self.has_written = self.has_written or before
        return outcome

    def answered(self, key: str, fingerprint: str | None) -> Written | None:
        """Return the answer given under an idempotency key, None when the key is new."""
        row = self._cursor.execute("SELECT fingerprint, answer FROM answers WHERE key = ?", (key,)).fetchone()
        return answers.repeated(row[0], row[1], fingerprint) if row else None

    def remember(self, key: str, fingerprint: str | None, answer: Written) -> None:
        """Keep the answer given under an idempotency key."""
        self._write("INSERT INTO answers VALUES (?, ?, ?)", (key, fingerprint, answers.encode(answer)))

    def parked(self, reaction: str) -> set[str]:
        """Return the streams, as hex ids, of which a fact waits in the dead letters of a reaction."""
        statement = "SELECT DISTINCT stream_id FROM parked WHERE reaction = ?"
        return {row[0] for row in self._cursor.execute(statement, (reaction,))}

    def park(self, reaction: str, recorded: Recorded, cause: str, at: datetime, feed: str = "") -> None:
        """Put a fact, with its bytes, into the dead letters of a reaction."""
        head, state = recorded.envelope, self._mapper.state_of(recorded)
        place = (reaction, head.stream_id.hex, head.stream_version, feed, recorded.position)
        self._write(_PARK, (*place, head.type, cause, at.isoformat(), state))

    def letters_of(self, reaction: str, stream_id: UUID) -> Sequence[Recorded]:
        """Return the parked facts of a stream in the order of their versions."""
        statement = (
            "SELECT topic, state, position FROM parked WHERE reaction = ? AND stream_id = ? ORDER BY stream_version"
        )
        return [
            self._mapper.read_parked(*row)
            for row in self._cursor.execute(statement, (reaction, stream_id.hex)).fetchall()
        ]

    def unpark(self, reaction: str, stream_id: UUID, version: int) -> None:
        """Take a fact out of the dead letters."""
        statement = "DELETE FROM parked WHERE reaction = ? AND stream_id = ? AND stream_version = ?"
        self._write(statement, (reaction, stream_id.hex, version))

    def discard(self, letter: DeadLetter, given_up: Discarding) -> None:
        """Take a fact out of the dead letters for good, and keep who did so and why."""
        statement = f"INSERT INTO discarded SELECT {LETTER_COLUMNS}, ?, ?, ? FROM parked WHERE id = ?"
        self._write(statement, (given_up.who, given_up.why, given_up.at.isoformat(), letter.id))
        if not self._cursor.rowcount:
            raise NotFoundError(f"The dead letter {letter.id} waits no longer.")
        self.unpark(letter.reaction, letter.stream_id, letter.stream_version)

    def heard(self, reaction: str, stream_id: UUID) -> int:
        """Return the last version of a stream that a reaction is done with, 0 when there is none."""
        statement = "SELECT version FROM heard WHERE reaction = ? AND stream_id = ?"
        row = self._cursor.execute(statement, (reaction, stream_id.hex)).fetchone()
        return row[0] if row else 0

    def hear(self, reaction: str, stream_id: UUID, version: int) -> None:
        """Store the last version of a stream that a reaction is done with."""
        self._write("INSERT OR REPLACE INTO heard VALUES (?, ?, ?)", (reaction, stream_id.hex, version))

    def track(self, reaction: str, position: int) -> None:
        """Store how far a reaction has read; a position that is not ahead is a conflict."""
        self._cursor.execute(
            "INSERT INTO tracking VALUES (?1, ?2) ON CONFLICT (application_name) DO UPDATE "
            "SET notification_id = ?2 WHERE notification_id < ?2 RETURNING notification_id",
            (reaction, position),
        )
        if self._cursor.fetchone() is None:
            raise ConflictError(f"The reaction {reaction} has already read position {position}.")
        self.has_written = True

    def _write(self, statement: str, values: Sequence[object]) -> None:
        self.has_written = True
        self._cursor.execute(statement, values)

    def _insert(self, fact: Recorded) -> Recorded:
        stored = self._mapper.to_stored_event(fact)
        row = (fact.envelope.stream_id.hex, stored.originator_version, stored.topic, stored.state)
        try:
            self._cursor.execute(_INSERT, row)
        except sqlite3.IntegrityError as error:
            raise ConflictError("The stream has moved on; read it again and decide again.") from error
        self.has_written = True
        recorded = Recorded(fact.envelope, fact.event, self._cursor.lastrowid or 0)
        self.appended.append(recorded)
        for kind, key, value in self._indexer(recorded):
            if value is None:
                self._cursor.execute("DELETE FROM lookups WHERE kind = ? AND key = ?", (kind, key))
            else:
                self._cursor.execute("INSERT OR REPLACE INTO lookups VALUES (?, ?, ?)", (kind, key, value))
        return recorded


def _attempted(step: Callable[[], None]) -> Failure | None:
    outcome = attempt(step)
    if isinstance(outcome, Failure) and isinstance(outcome.error, sqlite3.OperationalError):
        raise outcome.error
    return outcome
