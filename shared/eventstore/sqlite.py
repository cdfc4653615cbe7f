"""The embedded event store: the library's recorder on a file, written by one thread, read by any."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from shared.events.envelope import Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.index import Indexer, no_index
from shared.eventstore.mapper import EventMapper
from shared.eventstore.recorder import DurableDatastore, StableRecorder
from shared.eventstore.sqlite_work import SELECT_STREAM, SqliteWork
from shared.eventstore.store import Tracking, Written
from shared.eventstore.writer import GroupCommit, Job
from shared.ids import new_id
from shared.vault.sealing import Sealer

T = TypeVar("T")

_SELECT_LOG = "SELECT topic, state, rowid FROM stored_events WHERE rowid > ? ORDER BY rowid LIMIT ?"

CACHE_KIB = 16 * 1024
WAL_PAGES = 8000
"""Pages of 4 KiB between checkpoints; each holds up a commit, so they are rare."""
MAPPED_BYTES = 1 << 30
"""Reading through a mapping spares a system call per page; writes still go through the log and its fsync."""


class SqliteEventStore:
    """Implements `EventStore` on one file of one service."""

    def __init__(
        self,
        path: Path,
        source: str,
        indexer: Indexer = no_index,
        *,
        mapper: EventMapper | None = None,
        ids: Callable[[], UUID] = new_id,
        sealer: Sealer | None = None,
    ) -> None:
        """Open or make the file; `source` is the service's name, `indexer` fills the index from each fact.

        `sealer` seals what is personal; without one it is stored as it was said.
        """
        self.source = source
        self.mapper = mapper or EventMapper()
        self.recorder = StableRecorder(DurableDatastore(path))
        self.recorder.create_table()
        self._path = path
        self._readers = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._head = self.recorder.max_notification_id()
        self._writer = GroupCommit(
            source,
            self._connect,
            lambda cursor, careful: SqliteWork(cursor, self.mapper, indexer, ids, careful=careful, sealer=sealer),
            self._has_committed,
            sealer.flush if sealer is not None else lambda: None,
        )
        self._writer.start()

    async def write(self, context: CommandContext, work: Callable[[SqliteWork], Sequence[Recorded]]) -> Written:
        """Carry out one command durably."""
        return await self._submit(lambda unit: _written(unit, context, work))

    async def execute(self, work: Callable[[SqliteWork], T], tracking: Tracking | None = None) -> T:
        """Carry out any work in a transaction of its own."""

        def tracked(unit: SqliteWork) -> T:
            if tracking is not None:
                unit.track(tracking.reaction, tracking.position)
            return work(unit)

        return await self._submit(tracked)

    async def stream(self, stream_id: UUID) -> Sequence[Recorded]:
        """Return the facts of a stream in order."""
        return [self.mapper.read(*row) for row in self._reader().execute(SELECT_STREAM, (stream_id.hex,))]

    async def lookup(self, kind: str, key: str) -> str | None:
        """Return what the index says about a key."""
        statement = "SELECT value FROM lookups WHERE kind = ? AND key = ?"
        row = self._reader().execute(statement, (kind, key)).fetchone()
        return row[0] if row else None

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        """Return up to `limit` facts behind a position, in log order."""
        return [self.mapper.read(*row) for row in self._reader().execute(_SELECT_LOG, (after, limit))]

    async def head(self) -> int:
        """Return the position of the newest fact."""
        return self._reader().execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0] or 0

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - part of the port
        """Wait for a commit of this process; one of another process is seen at the time-out."""
        if self._head > after:
            return
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        self._waiting.add(waiter)
        try:
            if self._head <= after:
                await asyncio.wait_for(waiter[1].wait(), timeout)
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiter)

    async def reached(self, reaction: str) -> int:
        """Return how far a reaction has read its feed."""
        statement = "SELECT notification_id FROM tracking WHERE application_name = ?"
        row = self._reader().execute(statement, (reaction,)).fetchone()
        return row[0] if row else 0

    async def parked(self) -> int:
        """Return how many facts wait in the dead letters of this service's reactions."""
        return int(self._reader().execute("SELECT COUNT(*) FROM parked").fetchone()[0])

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._writer.close()
        for connection in self._opened:
            connection.close()
        self.recorder.datastore.close()

    async def _submit(self, work: Callable[[SqliteWork], T]) -> T:
        loop = asyncio.get_running_loop()
        job = Job(work, loop, loop.create_future())
        self._writer.submit(job)
        result: T = await job.future
        return result

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        for setting in (
            "synchronous=FULL",
            f"cache_size=-{CACHE_KIB}",
            f"mmap_size={MAPPED_BYTES}",
            f"wal_autocheckpoint={WAL_PAGES}",
        ):
            connection.execute(f"PRAGMA {setting}")
        return connection

    def _reader(self) -> sqlite3.Connection:
        reader: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if reader is None:
            reader = self._readers.connection = self._connect()
            reader.execute("PRAGMA query_only=ON")
            self._opened.append(reader)
        return reader

    def _has_committed(self, newest: int) -> None:
        self._head = newest
        for loop, event in tuple(self._waiting):
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)


def _written(unit: SqliteWork, context: CommandContext, work: Callable[[SqliteWork], Sequence[Recorded]]) -> Written:
    key = context.idempotency_key
    if key is not None and (earlier := unit.answered(key, context.fingerprint)) is not None:
        return earlier
    facts = work(unit)
    stream_id = facts[0].envelope.stream_id
    version = max(fact.envelope.stream_version for fact in facts if fact.envelope.stream_id == stream_id)
    written = Written(stream_id, version, max(fact.position for fact in facts))
    if key is not None:
        unit.remember(key, context.fingerprint, written)
    return written
