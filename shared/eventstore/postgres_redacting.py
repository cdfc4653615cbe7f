"""Hard redaction in PostgreSQL: the row is replaced, and the table written anew so that no dead row keeps the bytes.

What archives of the write-ahead log and back-ups hold is out of its reach: they must run out or be destroyed.
"""

from datetime import datetime
from uuid import UUID

from psycopg import Connection
from psycopg.rows import TupleRow

from shared.errors import NotFoundError
from shared.events import envelope
from shared.events.envelope import Recorded
from shared.eventstore.mapper import EventMapper
from shared.eventstore.postgres_database import ServiceDatabase
from shared.eventstore.redacting import Redacted, rewriting


class PostgresBytes:
    """Implements `RecordBytes`; writers wait while the table is written anew."""

    def __init__(self, dsn: str, service: str) -> None:
        """Take the database and the service whose schema it is."""
        self._database = ServiceDatabase(dsn, service)

    def redact(self, stream_id: UUID, version: int, *, ordered_by: str, at: datetime) -> Redacted:
        """Replace the bytes of a fact; done again, it changes nothing and answers the same."""
        place = (stream_id, version)
        with self._database.connect("redacting") as connection:
            redacted = _replace(connection, place, ordered_by, at)
            connection.execute("VACUUM FULL stored_events")
        return redacted

    def redact_letters(self, fact: Recorded) -> int:
        """Replace the bytes of a redacted fact in dead letters; return how many there were."""
        head = fact.envelope
        values = (envelope.encode(head, fact.event), head.stream_id, head.stream_version)
        with self._database.connect("redacting") as connection:
            sql = "UPDATE parked SET state = %s WHERE stream_id = %s AND stream_version = %s"
            replaced = connection.execute(sql, values).rowcount
            if replaced:
                connection.execute("VACUUM FULL parked")
        return replaced


def _replace(connection: Connection[TupleRow], place: tuple[UUID, int], ordered_by: str, at: datetime) -> Redacted:
    with connection.transaction():
        row = connection.execute(
            "SELECT topic, state, notification_id FROM stored_events "
            "WHERE originator_id = %s AND originator_version = %s FOR UPDATE",
            place,
        ).fetchone()
        if row is None:
            raise NotFoundError(f"There is no fact {place[1]} in the stream {place[0]}.")
        stored = (row[0], bytes(row[1]), row[2])
        known = connection.execute(
            "SELECT sha256 FROM redactions WHERE stream_id = %s AND stream_version = %s", place
        ).fetchone()
        if known:
            return Redacted(EventMapper().read(*stored), known[0])
        bare = rewriting(*stored)
        connection.execute(
            "UPDATE stored_events SET state = %s WHERE originator_id = %s AND originator_version = %s",
            (bare.state, *place),
        )
        connection.execute("INSERT INTO redactions VALUES (%s, %s, %s, %s, %s)", (*place, bare.sha256, ordered_by, at))
    return Redacted(bare.fact, bare.sha256)
