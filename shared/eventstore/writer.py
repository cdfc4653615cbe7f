"""One thread per store that commits many commands with one fsync.

A refusal or conflict undoes only its own command: as long as none fails after it has written, commands run one after
the other as they are; if one does, the whole batch is undone and run again with a savepoint for each. (Every statement
of the database lets other threads run, and a savepoint is two of them: they are paid for only when needed.)

Nobody is answered before the commit is on the disk; after a commit that failed halfway the log itself is asked whether
it holds the facts.
"""

import asyncio
import logging
import queue
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Any

from shared.errors import RedressError, TryLaterError
from shared.events.envelope import Recorded
from shared.eventstore.sqlite_work import SqliteWork
from shared.supervision import Failure, attempt

MOST_PER_COMMIT = 256

log = logging.getLogger("redress.eventstore")


@dataclass(slots=True)
class Job:
    """A command on its way: the work, who waits for it in which event loop, and what came out so far."""

    work: Callable[[SqliteWork], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    outcome: Any = None
    appended: Sequence[Recorded] = ()

    def settle(self) -> None:
        """Tell who waits, unless they have gone away meanwhile; runs in their loop."""
        if self.future.done():
            return
        if isinstance(self.outcome, Failure):
            self.future.set_exception(self.outcome.error)
        else:
            self.future.set_result(self.outcome)


def _settle(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.settle()


class GroupCommit(Thread):
    """Takes jobs from a queue and commits what has gathered, up to `MOST_PER_COMMIT` at once."""

    def __init__(
        self,
        name: str,
        connect: Callable[[], sqlite3.Connection],
        begin_work: Callable[[sqlite3.Cursor, bool], SqliteWork],
        committed: Callable[[int], None],
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        """`prepare` makes durable what a commit needs; `committed` is told the newest position after it."""
        super().__init__(name=f"writer-{name}", daemon=True)
        self._connect = connect
        self._begin_work = begin_work
        self._committed = committed
        self._prepare = prepare
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()

    def submit(self, job: Job) -> None:
        """Queue a job; its future is settled after the commit."""
        self._jobs.put(job)

    def close(self) -> None:
        """Carry out what is queued and end."""
        self._jobs.put(None)
        self.join()

    def run(self) -> None:
        """Commit batch after batch until closed."""
        connection = self._connect()
        while (batch := self._gather()) is not None:
            outcome = attempt(lambda batch=batch: self._commit(connection, batch))  # type: ignore[misc]  # bound default
            if isinstance(outcome, Failure):
                log.error("commit failed", extra={"error": outcome.cause, "commands": len(batch)})
                self._resolve(connection, batch)
            self._announce(batch)
        connection.close()

    def _gather(self) -> list[Job] | None:
        first = self._jobs.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < MOST_PER_COMMIT:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            batch.append(job)
        return batch

    def _commit(self, connection: sqlite3.Connection, batch: Sequence[Job], *, careful: bool = False) -> None:
        cursor = connection.cursor()
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
                    connection.rollback()
                    self._commit(connection, batch, careful=True)
                    return
            if careful:
                cursor.execute("RELEASE command")
        self._prepare()
        connection.commit()

    def _resolve(self, connection: sqlite3.Connection, batch: Sequence[Job]) -> None:
        attempt(connection.rollback)
        for job in batch:
            if isinstance(job.outcome, Failure) and isinstance(job.outcome.error, RedressError):
                continue
            if attempt(lambda job=job: self._is_stored(connection, job)) is not True:  # type: ignore[misc]  # bound
                job.appended = ()
                error = TryLaterError("The record cannot be written now; nothing was stored. Try again.")
                job.outcome = Failure(error)

    @staticmethod
    def _is_stored(connection: sqlite3.Connection, job: Job) -> bool:
        statement = "SELECT state FROM stored_events WHERE originator_id = ? AND originator_version = ?"
        for fact in job.appended:
            key = (fact.envelope.stream_id.hex, fact.envelope.stream_version)
            row = connection.execute(statement, key).fetchone()
            if row is None or str(fact.envelope.event_id).encode() not in row[0]:
                return False
        return bool(job.appended)

    def _announce(self, batch: Sequence[Job]) -> None:
        newest = max((job.appended[-1].position for job in batch if job.appended), default=0)
        if newest:
            self._committed(newest)
        for loop in {job.loop for job in batch}:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, [job for job in batch if job.loop is loop])
