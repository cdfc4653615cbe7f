"""One thread per store that commits many commands with one fsync, whatever engine keeps the record.

Nobody is answered before the commit is on the disk; after a commit that failed halfway the record itself is asked
whether it holds the facts.
"""

import asyncio
import logging
import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Any, Protocol

from shared.errors import RedressError, TryLaterError
from shared.events.envelope import Recorded
from shared.eventstore.store import Written
from shared.eventstore.work import ReactingWork
from shared.supervision import Failure, attempt

MOST_PER_COMMIT = 256

log = logging.getLogger("redress.eventstore")


class StoreWork(ReactingWork, Protocol):
    """What the store itself does in a command's transaction, beside what the command does."""

    def answered(self, key: str, fingerprint: str | None) -> Written | None:
        """Return what was answered under an idempotency key; an `InvalidError` if the request was another."""
        ...

    def remember(self, key: str, fingerprint: str | None, answer: Written) -> None:
        """Keep the answer given under an idempotency key."""
        ...

    def track(self, reaction: str, position: int) -> None:
        """Store how far a reaction has read; a position that is not ahead is a `ConflictError`."""
        ...


@dataclass(slots=True)
class Job:
    """A command on its way: the work, who waits for it in which event loop, and what came out so far.

    `key` is the idempotency key that the work will ask for, if there is one.
    """

    work: Callable[[StoreWork], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    key: str | None = None
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


class Commits(Protocol):
    """How an engine commits a batch; only the writer's thread calls it."""

    def open(self) -> None:
        """Prepare in the writer's thread."""
        ...

    def commit(self, batch: Sequence[Job]) -> None:
        """Carry out and commit the jobs, and leave in each its outcome and what it appended.

        A refusal undoes only its own job. Whatever is raised means that the batch as a whole may not be stored.
        """
        ...

    def stored(self, batch: Sequence[Job]) -> Sequence[bool]:
        """Return of each job whether all it appended lies in the record, after a commit that failed.

        A `TryLaterError` says that it cannot be found out.
        """
        ...

    def close(self) -> None:
        """End; nothing is committed any more."""
        ...


def _settle(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.settle()


class GroupCommit(Thread):
    """Takes jobs from a queue and commits what has gathered, up to `MOST_PER_COMMIT` at once."""

    def __init__(self, name: str, commits: Commits, committed: Callable[[int], None]) -> None:
        """`committed` is told the newest position after each commit that added facts."""
        super().__init__(name=f"writer-{name}", daemon=True)
        self.commits = commits
        self._committed = committed
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
        self.commits.open()
        while (batch := self._gather()) is not None:
            outcome = attempt(lambda batch=batch: self.commits.commit(batch))  # type: ignore[misc]  # bound default
            if isinstance(outcome, Failure):
                if not isinstance(outcome.error, TryLaterError):
                    log.error("commit failed", extra={"error": outcome.cause, "commands": len(batch)})
                self._resolve(batch)
            self._announce(batch)
        self.commits.close()

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

    def _resolve(self, batch: Sequence[Job]) -> None:
        error = TryLaterError("The record cannot be written now; nothing was stored. Try again.")
        stored = attempt(lambda: self.commits.stored(batch))
        if isinstance(stored, Failure):
            error = stored.error if isinstance(stored.error, TryLaterError) else error
            stored = [False] * len(batch)
        for job, kept in zip(batch, stored, strict=True):
            if kept or (isinstance(job.outcome, Failure) and isinstance(job.outcome.error, RedressError)):
                continue
            job.appended = ()
            job.outcome = Failure(error)

    def _announce(self, batch: Sequence[Job]) -> None:
        newest = max((job.appended[-1].position for job in batch if job.appended), default=0)
        if newest:
            self._committed(newest)
        for loop in {job.loop for job in batch}:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, [job for job in batch if job.loop is loop])
