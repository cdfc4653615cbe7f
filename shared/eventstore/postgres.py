"""The event store of scale-out: a schema of a PostgreSQL database, shared by the replicas of a service."""

from collections.abc import Callable, Sequence
from datetime import UTC
from uuid import UUID

import msgspec
import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg.rows import TupleRow

from shared.errors import TryLaterError
from shared.events.envelope import Recorded
from shared.eventstore.index import Indexer, no_index
from shared.eventstore.letters import DeadLetter, Discarded, Discarding, Redaction
from shared.eventstore.mapper import EventMapper
from shared.eventstore.postgres_commits import PostgresCommits
from shared.eventstore.postgres_database import ServiceDatabase
from shared.eventstore.postgres_layers import SELECT_STREAM
from shared.eventstore.postgres_listening import Listener
from shared.eventstore.postgres_reading import Readers
from shared.eventstore.postgres_recorder import LockingRecorder, create_tables
from shared.eventstore.store import Stored
from shared.eventstore.writing import WritingStore
from shared.ids import new_id
from shared.vault.sealing import Sealer

_SELECT_LOG = (
    "SELECT topic, state, notification_id FROM stored_events WHERE notification_id > %s "
    "ORDER BY notification_id LIMIT %s"
)
_HEAD = "SELECT COALESCE(MAX(notification_id), 0) FROM stored_events"
_COLUMNS = ", ".join(DeadLetter.__struct_fields__)
_LETTERS = f"SELECT {_COLUMNS} FROM parked"
_DISCARDED = f"SELECT {_COLUMNS}, who, why, at FROM discarded ORDER BY id"


class PostgresEventStore(WritingStore):
    """Implements `EventStore` on one schema of a database; replicas of a service share it."""

    def __init__(
        self,
        dsn: str,
        source: str,
        indexer: Indexer = no_index,
        *,
        mapper: EventMapper | None = None,
        ids: Callable[[], UUID] = new_id,
        sealer: Sealer | None = None,
    ) -> None:
        """Open or make the schema `source`; a `TryLaterError` when the database does not answer.

        `dsn` is a libpq address, URI or key=value; `indexer` fills the index from each fact.
        """
        self.name = ""
        self.mapper = mapper or EventMapper()
        database = ServiceDatabase(dsn, source)
        self.recorder, head = _opened(database)
        self._commits = PostgresCommits(database, self.recorder, self.mapper, indexer, ids=ids, sealer=sealer)
        self._readers = Readers(database)
        super().__init__(source, self._commits, head)
        self._listener = Listener(database, self._newest)
        self._listener.start()

    async def stream(self, stream_id: UUID) -> Sequence[Recorded]:
        """Return the facts of a stream in order."""
        return await self._readers.shaped(SELECT_STREAM, (stream_id,), self._facts)

    async def lookup(self, kind: str, key: str) -> str | None:
        """Return what the index says about a key."""
        rows = await self._readers.rows("SELECT value FROM lookups WHERE kind = %s AND key = %s", (kind, key))
        return rows[0][0] if rows else None

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        """Return up to `limit` facts behind a position, in log order."""
        return await self._readers.shaped(_SELECT_LOG, (after, limit), self._facts)

    async def read_stored(self, after: int, limit: int) -> Sequence[Stored]:
        """Return up to `limit` facts behind a position as their bytes."""
        return await self._readers.shaped(_SELECT_LOG, (after, limit), _stored)

    async def feeds(self) -> Sequence["PostgresEventStore"]:
        """Return the store itself: one feed with every fact."""
        return [self]

    async def head(self) -> int:
        """Return the position of the newest fact."""
        return int((await self._readers.rows(_HEAD))[0][0])

    async def reached(self, reaction: str) -> int:
        """Return how far a reaction has read its feed."""
        rows = await self._readers.rows("SELECT notification_id FROM tracking WHERE application_name = %s", (reaction,))
        return int(rows[0][0]) if rows else 0

    async def parked(self) -> int:
        """Return how many facts wait in the dead letters of this service's reactions."""
        return int((await self._readers.rows("SELECT COUNT(*) FROM parked"))[0][0])

    async def dead_letters(self, reaction: str | None = None) -> Sequence[DeadLetter]:
        """Return the dead letters, of one reaction or of all, oldest first."""
        if reaction is None:
            return await self._readers.shaped(f"{_LETTERS} ORDER BY id", (), _letters)
        return await self._readers.shaped(f"{_LETTERS} WHERE reaction = %s ORDER BY id", (reaction,), _letters)

    async def redactions(self) -> Sequence[Redaction]:
        """Return which facts lost their words by order."""
        statement = "SELECT stream_id, stream_version, sha256 FROM redactions ORDER BY stream_id, stream_version"
        return [Redaction(*row) for row in await self._readers.rows(statement)]

    async def discarded(self) -> Sequence[Discarded]:
        """Return the dead letters that were given up, oldest first."""
        return await self._readers.shaped(_DISCARDED, (), _given_up)

    def close(self) -> None:
        """Finish what is queued and close the connections."""
        self._commits.give_up_waiting()
        self._writer.close()
        self._listener.close()
        self._readers.close()

    def _facts(self, rows: Sequence[TupleRow]) -> Sequence[Recorded]:
        return [self.mapper.read(*row) for row in rows]


def _stored(rows: Sequence[TupleRow]) -> Sequence[Stored]:
    return [Stored(position, bytes(state)) for _topic, state, position in rows]


def _letters(rows: Sequence[TupleRow]) -> Sequence[DeadLetter]:
    letters = [DeadLetter(**dict(zip(DeadLetter.__struct_fields__, row, strict=True))) for row in rows]
    return [msgspec.structs.replace(letter, parked_at=letter.parked_at.astimezone(UTC)) for letter in letters]


def _given_up(rows: Sequence[TupleRow]) -> Sequence[Discarded]:
    letters = _letters([row[:-3] for row in rows])
    reasons = [Discarding(who, why, at.astimezone(UTC)) for *_letter, who, why, at in rows]
    return [Discarded(letter, reason) for letter, reason in zip(letters, reasons, strict=True)]


def _opened(database: ServiceDatabase) -> tuple[LockingRecorder, int]:
    try:
        recorder = create_tables(database)
        with database.connect("set-up") as connection:
            row = connection.execute(_HEAD).fetchone()
    except (psycopg.Error, PersistenceError) as error:
        raise TryLaterError(
            f"The record of {database.source} cannot be opened in PostgreSQL: is it there, and may this user make the "
            "schema?"
        ) from error
    return recorder, row[0] if row else 0
