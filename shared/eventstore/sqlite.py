"""The embedded event store: the library's recorder on a file, written by one thread, read by any."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import msgspec

from shared.events.envelope import Recorded
from shared.eventstore.index import Indexer, no_index
from shared.eventstore.letters import DeadLetter, Discarded, Discarding, Redaction
from shared.eventstore.mapper import EventMapper
from shared.eventstore.recorder import DurableDatastore, StableRecorder
from shared.eventstore.sqlite_commits import SqliteCommits
from shared.eventstore.sqlite_work import LETTER_COLUMNS, SELECT_STREAM, SqliteWork
from shared.eventstore.store import Stored
from shared.eventstore.writing import WritingStore
from shared.ids import new_id
from shared.vault.sealing import Sealer

S = TypeVar("S", bound=msgspec.Struct)

_SELECT_LOG = "SELECT topic, state, rowid FROM stored_events WHERE rowid > ? ORDER BY rowid LIMIT ?"

CACHE_KIB = 16 * 1024
WAL_PAGES = 8000
"""Pages of 4 KiB between checkpoints; each holds up a commit, so they are rare."""
MAPPED_BYTES = 1 << 30
"""Reading through a mapping spares a system call per page; writes still go through the log and its fsync."""


class SqliteEventStore(WritingStore):
    """Implements `EventStore` on one file of one service; a commit of another process is seen at `wait`'s time-out."""

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
        self.name = ""
        self.mapper = mapper or EventMapper()
        self.recorder = StableRecorder(DurableDatastore(path))
        self.recorder.create_table()
        self._path = path
        self._readers = threading.local()
        self._opened: list[sqlite3.Connection] = []
        commits = SqliteCommits(
            self._connect,
            lambda cursor, careful: SqliteWork(cursor, self.mapper, indexer, ids, careful=careful, sealer=sealer),
            sealer.flush if sealer is not None else lambda: None,
        )
        super().__init__(source, commits, self.recorder.max_notification_id())

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

    async def read_stored(self, after: int, limit: int) -> Sequence[Stored]:
        """Return up to `limit` facts behind a position as their bytes."""
        return [
            Stored(position, state) for _topic, state, position in self._reader().execute(_SELECT_LOG, (after, limit))
        ]

    async def head(self) -> int:
        """Return the position of the newest fact."""
        return self._reader().execute("SELECT MAX(rowid) FROM stored_events").fetchone()[0] or 0

    async def feeds(self) -> Sequence["SqliteEventStore"]:
        """Return the store itself: one feed with every fact."""
        return [self]

    async def reached(self, reaction: str) -> int:
        """Return how far a reaction has read its feed."""
        statement = "SELECT notification_id FROM tracking WHERE application_name = ?"
        row = self._reader().execute(statement, (reaction,)).fetchone()
        return row[0] if row else 0

    async def parked(self) -> int:
        """Return how many facts wait in the dead letters of this service's reactions."""
        return int(self._reader().execute("SELECT COUNT(*) FROM parked").fetchone()[0])

    async def dead_letters(self, reaction: str | None = None) -> Sequence[DeadLetter]:
        """Return the dead letters of one reaction or of all, oldest first."""
        statement = f"SELECT {LETTER_COLUMNS} FROM parked WHERE ?1 IS NULL OR reaction = ?1 ORDER BY id"
        return [_letter(row) for row in self._reader().execute(statement, (reaction,))]

    async def redactions(self) -> Sequence[Redaction]:
        """Return which facts lost their words by order."""
        statement = "SELECT stream_id, stream_version, sha256 FROM redactions ORDER BY stream_id, stream_version"
        return [_named(row, Redaction) for row in self._reader().execute(statement)]

    async def discarded(self) -> Sequence[Discarded]:
        """Return the dead letters that were given up, oldest first."""
        rows = self._reader().execute(f"SELECT {LETTER_COLUMNS}, who, why, at FROM discarded ORDER BY id")
        return [Discarded(_letter(row[:-3]), _named(row[-3:], Discarding)) for row in rows]

    def close(self) -> None:
        """Finish what is queued and close the file."""
        self._writer.close()
        for connection in self._opened:
            connection.close()
        self.recorder.datastore.close()

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


def _letter(row: Sequence[object]) -> DeadLetter:
    return _named(row, DeadLetter)


def _named(row: Sequence[object], kind: type[S]) -> S:
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind)
