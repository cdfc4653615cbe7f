"""What a batch has decided so far lies in layers over what the database holds.

The writer has the table's lock, so nobody else changes what lies below: whatever was read once stays true until the
commit. A command gets a layer of its own, which is poured into the one below when the command is done, and thrown away
when it is refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from shared.events.envelope import Recorded
from shared.eventstore.mapper import EventMapper
from shared.eventstore.postgres_tables import ANSWERS, PARKED, Row, Table

SELECT_STREAM = (
    "SELECT topic, state, notification_id FROM stored_events WHERE originator_id = %s ORDER BY originator_version"
)
_VERSION = "SELECT MAX(originator_version) FROM stored_events WHERE originator_id = %s"
_PARKED = f"SELECT {', '.join([*PARKED.key, *PARKED.values])} FROM parked WHERE reaction = %s"
_ABSENT: Final[Any] = object()


class Ground(Protocol):
    """What a layer lies on."""

    def head(self) -> int:
        """Return the position of the newest fact."""
        ...

    def facts(self, stream_id: UUID) -> Sequence[Recorded]:
        """Return the facts of a stream in order."""
        ...

    def version(self, stream_id: UUID) -> int:
        """Return the version of a stream."""
        ...

    def row(self, table: Table, key: Row) -> Row | None:
        """Return the values of a key."""
        ...

    def parked(self, reaction: str) -> Mapping[Row, Row]:
        """Return the dead letters of a reaction: the values by the key, both as in the table."""
        ...


class Stored:
    """The bottom: what the database holds, read at most once per transaction."""

    def __init__(
        self, connection: Connection[TupleRow], mapper: EventMapper, head: int, answers: Mapping[str, Row | None]
    ) -> None:
        """`answers` are those already fetched, None for keys without one."""
        self._connection = connection
        self._mapper = mapper
        self._head = head
        self._streams: dict[UUID, Sequence[Recorded]] = {}
        self._versions: dict[UUID, int] = {}
        self._rows: dict[tuple[str, Row], Row | None] = {(ANSWERS.name, (key,)): row for key, row in answers.items()}
        self._parked: dict[str, dict[Row, Row]] = {}

    def head(self) -> int:
        """Return the position of the newest fact."""
        return self._head

    def facts(self, stream_id: UUID) -> Sequence[Recorded]:
        """Return the facts of a stream in order."""
        if stream_id not in self._streams:
            facts = [self._mapper.read(*row) for row in self._fetch(SELECT_STREAM, (stream_id,))]
            self._streams[stream_id] = facts
            self._versions[stream_id] = facts[-1].envelope.stream_version if facts else 0
        return self._streams[stream_id]

    def version(self, stream_id: UUID) -> int:
        """Return the version of a stream."""
        if stream_id not in self._versions:
            self._versions[stream_id] = self._fetch(_VERSION, (stream_id,))[0][0] or 0
        return self._versions[stream_id]

    def row(self, table: Table, key: Row) -> Row | None:
        """Return the values of a key."""
        place = (table.name, key)
        if place not in self._rows:
            found = self._fetch(table.select, key)
            self._rows[place] = found[0] if found else None
        return self._rows[place]

    def parked(self, reaction: str) -> Mapping[Row, Row]:
        """Return the dead letters of a reaction."""
        if reaction not in self._parked:
            found = self._fetch(_PARKED, (reaction,))
            width = len(PARKED.key)
            self._parked[reaction] = {row[:width]: row[width:] for row in found}
        return self._parked[reaction]

    def _fetch(self, statement: str, values: Row) -> Sequence[TupleRow]:
        return self._connection.cursor(binary=True).execute(statement, values).fetchall()


class Layer:
    """Changes over their ground: facts in order, their stored bytes, and rows by table and key (None: removed)."""

    __slots__ = ("_ground", "facts_added", "rows", "states")

    def __init__(self, ground: Ground) -> None:
        """Begin without changes."""
        self._ground = ground
        self.facts_added: list[Recorded] = []
        self.states: list[bytes] = []
        self.rows: dict[Table, dict[Row, Row | None]] = {}

    def head(self) -> int:
        """Return the position of the newest fact."""
        return self.facts_added[-1].position if self.facts_added else self._ground.head()

    def facts(self, stream_id: UUID) -> Sequence[Recorded]:
        """Return the facts of a stream in order."""
        below = self._ground.facts(stream_id)
        mine = [fact for fact in self.facts_added if fact.envelope.stream_id == stream_id]
        return [*below, *mine] if mine else below

    def version(self, stream_id: UUID) -> int:
        """Return the version of a stream."""
        for fact in reversed(self.facts_added):
            if fact.envelope.stream_id == stream_id:
                return fact.envelope.stream_version
        return self._ground.version(stream_id)

    def row(self, table: Table, key: Row) -> Row | None:
        """Return the values of a key."""
        mine: Row | None = self.rows.get(table, {}).get(key, _ABSENT)
        return self._ground.row(table, key) if mine is _ABSENT else mine

    def parked(self, reaction: str) -> Mapping[Row, Row]:
        """Return the dead letters of a reaction."""
        mine = self.rows.get(PARKED)
        below = self._ground.parked(reaction)
        if not mine:
            return below
        merged = {**below, **{key: row for key, row in mine.items() if key[0] == reaction}}
        return {key: row for key, row in merged.items() if row is not None}

    def add(self, fact: Recorded, state: bytes) -> None:
        """Append a fact and its stored bytes."""
        self.facts_added.append(fact)
        self.states.append(state)

    def put(self, table: Table, key: Row, row: Row | None) -> None:
        """Write the values of a key, or remove it."""
        self.rows.setdefault(table, {})[key] = row

    def pour(self, below: "Layer") -> None:
        """Add these changes to those of the layer below."""
        below.facts_added += self.facts_added
        below.states += self.states
        for table, rows in self.rows.items():
            below.rows.setdefault(table, {}).update(rows)
