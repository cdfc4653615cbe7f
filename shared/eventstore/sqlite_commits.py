"""How batches are committed to a SQLite file.

A refusal or conflict undoes only its own command: as long as none fails after it has written, commands run one after
the other as they are; if one does, the whole batch is undone and run again with a savepoint for each. (Every statement
of the database lets other threads run, and a savepoint is two of them: they are paid for only when needed.)
"""

import sqlite3
from collections.abc import Callable, Sequence

from shared.eventstore.sqlite_work import SqliteWork
from shared.eventstore.writer import Job
from shared.supervision import Failure, attempt


class SqliteCommits:
    """Implements `Commits` on one connection."""

    _connection: sqlite3.Connection

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        begin_work: Callable[[sqlite3.Cursor, bool], SqliteWork],
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """`begin_work` returns the unit of work on a cursor; its second argument asks for steps that can be undone.

        `prepare` makes durable what a commit needs, just before it.
        """
        self._connect = connect
        self._begin_work = begin_work
        self._prepare = prepare

    def open(self) -> None:
        """Open the writing connection."""
        self._connection = self._connect()

    def commit(self, batch: Sequence[Job]) -> None:
        """Carry out and commit the jobs."""
        self._commit(batch, careful=False)

    def stored(self, batch: Sequence[Job]) -> Sequence[bool]:
        """Return of each job whether all it appended lies in the file."""
        attempt(self._connection.rollback)
        return [attempt(lambda job=job: self._is_stored(job)) is True for job in batch]  # type: ignore[misc]  # bound

    def close(self) -> None:
        """Close the writing connection."""
        self._connection.close()

    def _commit(self, batch: Sequence[Job], *, careful: bool) -> None:
        cursor = self._connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for job in batch:
            if careful:
                cursor.execute("SAVEPOINT command")
            work = self._begin_work(cursor, careful)
            job.outcome = attempt(lambda job=job, work=work: job.work(work))  # type: ignore[misc]  # bound defaults
            job.appended = work.appended
            if isinstance(job.outcome, Failure):
                job.appended = ()
                if isinstance(job.outcome.error, sqlite3.OperationalError):
                    raise job.outcome.error
                if careful:
                    cursor.execute("ROLLBACK TO command")
                elif work.has_written:
                    self._connection.rollback()
                    self._commit(batch, careful=True)
                    return
            if careful:
                cursor.execute("RELEASE command")
        self._prepare()
        self._connection.commit()

    def _is_stored(self, job: Job) -> bool:
        statement = "SELECT state FROM stored_events WHERE originator_id = ? AND originator_version = ?"
        for fact in job.appended:
            key = (fact.envelope.stream_id.hex, fact.envelope.stream_version)
            row = self._connection.execute(statement, key).fetchone()
            if row is None or str(fact.envelope.event_id).encode() not in row[0]:
                return False
        return bool(job.appended)
