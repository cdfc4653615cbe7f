"""How batches are committed to PostgreSQL: under the table's lock, decided in memory, stored in two round trips.

A batch takes the lock that the library's recorder takes, so facts are committed in the order of their numbers and
nobody changes a stream meanwhile. A connection that is lost before the commit costs nothing: the batch is run again on
a new one. One that is lost in the middle of a commit leaves a doubt: the record is asked, under the same lock, since
the lost commit may still be going on.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from uuid import UUID

import psycopg
from psycopg import Connection
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from shared.errors import TryLaterError
from shared.eventstore.index import Indexer
from shared.eventstore.mapper import EventMapper
from shared.eventstore.postgres_database import ServiceDatabase
from shared.eventstore.postgres_layers import Layer, Stored
from shared.eventstore.postgres_recorder import LockingRecorder
from shared.eventstore.postgres_tables import INSERT_EVENTS, TABLES, Row, Table
from shared.eventstore.postgres_work import PostgresWork
from shared.eventstore.writer import Job
from shared.supervision import Failure, attempt
from shared.vault.sealing import Sealer

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds between two tries to connect while the database is away."""
DOUBT_SECONDS = 30.0

_HEAD = (
    "SELECT GREATEST((SELECT COALESCE(MAX(notification_id), 0) FROM stored_events), "
    "(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM stored_events_notification_id_seq))"
)
_ANSWERS = "SELECT key, fingerprint, answer FROM answers WHERE key = ANY(%s)"
_SET_HEAD = "SELECT setval('stored_events_notification_id_seq', %s)"
_EVENT = "SELECT state FROM stored_events WHERE originator_id = %s AND originator_version = %s"


class PostgresCommits:
    """Implements `Commits` on one connection, opened anew when it is lost."""

    def __init__(
        self,
        database: ServiceDatabase,
        recorder: LockingRecorder,
        mapper: EventMapper,
        indexer: Indexer,
        *,
        ids: Callable[[], UUID],
        sealer: Sealer | None = None,
    ) -> None:
        """Commit to a service's schema; `indexer` fills the index from each fact, `sealer` seals what is personal."""
        self._database = database
        self._lock = recorder.lock_table_statements
        self._mapper = mapper
        self._indexer = indexer
        self._ids = ids
        self._sealer = sealer
        self._connection: Connection[TupleRow] | None = None
        self._in_doubt = False
        self._pause = 0.0
        self._next_try = 0.0
        self._closing = Event()

    def open(self) -> None:
        """Connect if the database is there; otherwise the first batch will try."""
        attempt(self._connected)

    def commit(self, batch: Sequence[Job]) -> None:
        """Carry out and commit the jobs."""
        self._in_doubt = False
        failure = attempt(lambda: self._carry_out(batch))
        if not isinstance(failure, Failure):
            return
        away = isinstance(failure.error, (TryLaterError, psycopg.errors.LockNotAvailable))
        if self._in_doubt or away or self._connection is None:
            raise failure.error
        if self._connection.closed:
            self._carry_out(batch)
        else:
            self._one_by_one(batch)

    def stored(self, batch: Sequence[Job]) -> Sequence[bool]:
        """Return of each job whether all it appended lies in the record; waits for the database if it must."""
        deadline = time.monotonic() + DOUBT_SECONDS
        while self._in_doubt:
            found = attempt(lambda: self._ask(batch))
            if not isinstance(found, Failure):
                self._in_doubt = False
                return found
            if time.monotonic() > deadline or self._closing.wait(0.5):
                raise TryLaterError(
                    "The database went away in the middle of the commit. Look whether it was done before you try "
                    "again; with an Idempotency-Key just send it again."
                ) from found.error
        return [False] * len(batch)

    def close(self) -> None:
        """Close the writing connection."""
        if self._connection is not None:
            self._connection.close()

    def give_up_waiting(self) -> None:
        """Answer what is queued without waiting for a database that is away; may be called from any thread."""
        self._closing.set()

    def _connected(self) -> Connection[TupleRow]:
        if self._connection is not None and not self._connection.closed:
            return self._connection
        self._connection = None
        if time.monotonic() < self._next_try:
            raise TryLaterError("PostgreSQL does not answer; try again.")
        self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
        self._next_try = time.monotonic() + self._pause
        self._connection = self._database.connect_writer()
        self._pause = self._next_try = 0.0
        return self._connection

    def _carry_out(self, batch: Sequence[Job]) -> None:
        connection = self._connected()
        with _undone(connection):
            layer = Layer(self._begin(connection, batch))
            for job in batch:
                self._run(connection, job, layer)
            if layer.rows or layer.facts_added:
                self._store(connection, layer)
            else:
                connection.rollback()

    def _one_by_one(self, batch: Sequence[Job]) -> None:
        """Let only those fail of which the database itself refuses something."""
        if len(batch) == 1:
            raise TryLaterError("The database refuses to store this.")
        for job in batch:
            failure = attempt(lambda job=job: self._carry_out([job]))  # type: ignore[misc]  # bound default
            if self._in_doubt and isinstance(failure, Failure):
                raise failure.error
            if isinstance(failure, Failure):
                job.appended = ()
                job.outcome = Failure(TryLaterError("The record cannot be written now; nothing was stored. Try again."))

    def _begin(self, connection: Connection[TupleRow], batch: Sequence[Job]) -> Stored:
        keys = [job.key for job in batch if job.key is not None]
        with connection.pipeline():
            for statement in self._lock:
                connection.execute(statement)
            head = connection.execute(_HEAD)
            found = connection.execute(_ANSWERS, (keys,)) if keys else None
            answers: dict[str, Row | None] = dict.fromkeys(keys)
            answers.update((row[0], row[1:]) for row in (found or ()))
            return Stored(connection, self._mapper, (head.fetchone() or (0,))[0], answers)

    def _run(self, connection: Connection[TupleRow], job: Job, layer: Layer) -> None:
        work = PostgresWork(layer, self._mapper, self._indexer, self._ids, self._sealer)
        job.appended = ()
        job.outcome = attempt(lambda: job.work(work))
        if not isinstance(job.outcome, Failure):
            work.layer.pour(layer)
            job.appended = work.layer.facts_added
        elif connection.info.transaction_status != TransactionStatus.INTRANS:
            raise job.outcome.error

    def _store(self, connection: Connection[TupleRow], layer: Layer) -> None:
        if self._sealer is not None:
            self._sealer.flush()
        with connection.pipeline():
            self._send(connection, layer)
            self._in_doubt = True
            try:
                connection.commit()
            finally:
                self._in_doubt = bool(connection.closed)

    def _send(self, connection: Connection[TupleRow], layer: Layer) -> None:
        if layer.facts_added:
            connection.execute(INSERT_EVENTS, _columns(_event_rows(layer)))
        for table in TABLES:
            _change(connection, table, layer.rows.get(table, {}))
        if layer.facts_added:
            newest = layer.facts_added[-1].position
            connection.execute(_SET_HEAD, (newest,))
            connection.execute("SELECT pg_notify(%s, %s)", (self._database.channel, str(newest)))

    def _ask(self, batch: Sequence[Job]) -> Sequence[bool]:
        self._next_try = 0.0
        connection = self._connected()
        with _undone(connection):
            for statement in self._lock:
                connection.execute(statement)
            stored = [self._is_stored(connection, job) for job in batch]
            connection.rollback()
        together = all(kept for job, kept in zip(batch, stored, strict=True) if job.appended)
        return [kept or (together and any(stored)) for kept in stored]

    @staticmethod
    def _is_stored(connection: Connection[TupleRow], job: Job) -> bool:
        for fact in job.appended:
            row = connection.execute(_EVENT, (fact.envelope.stream_id, fact.envelope.stream_version)).fetchone()
            if row is None or str(fact.envelope.event_id).encode() not in row[0]:
                return False
        return bool(job.appended)


@contextmanager
def _undone(connection: Connection[TupleRow]) -> Iterator[None]:
    """Leave no transaction open, whatever goes wrong inside."""
    try:
        yield
    finally:
        if connection.info.transaction_status != TransactionStatus.IDLE:
            attempt(connection.rollback)


def _columns(rows: Sequence[Row]) -> Sequence[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _event_rows(layer: Layer) -> Sequence[Row]:
    return [
        (fact.envelope.stream_id, fact.envelope.stream_version, fact.envelope.type, state, fact.position)
        for fact, state in zip(layer.facts_added, layer.states, strict=True)
    ]


def _change(connection: Connection[TupleRow], table: Table, rows: dict[Row, Row | None]) -> None:
    gone = [key for key, row in rows.items() if row is None]
    kept = [(*key, *row) for key, row in rows.items() if row is not None]
    if gone:
        connection.execute(table.delete, _columns(gone))
    if kept:
        connection.execute(table.upsert, _columns(kept))
