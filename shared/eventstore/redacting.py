"""Hard redaction, for court orders: the stored bytes of one fact lose what people said; the hash of the old ones stays.

Erasing a key is the ordinary way. This one is for an order that the ciphertext, too, must go. The fact keeps its place,
its envelope and what is not personal, so that figures and later facts stand; `redactions` keeps the SHA-256 of the
bytes as they were, so that what was signed over them still verifies.
"""

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from shared.errors import NotFoundError, TryLaterError
from shared.events import envelope
from shared.events.envelope import Recorded
from shared.eventstore.mapper import EventMapper
from shared.vault import tokens
from shared.vault.fields import rewritten
from shared.vault.vault import group_of, own_subject


class Redacted(NamedTuple):
    """Which fact lost its words, and the SHA-256 of its bytes before, in hex."""

    fact: Recorded
    sha256: str


def redact(record: Path, stream_id: UUID, version: int, *, ordered_by: str, at: datetime) -> Redacted:
    """Replace the bytes of a fact in the record of a service; done again, it changes nothing and answers the same."""
    with closing(sqlite3.connect(record, timeout=10, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        redacted = _replace(connection, stream_id, version, ordered_by, at)
        connection.execute("COMMIT")
        if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise TryLaterError("The fact is redacted; its old bytes still lie in the write-ahead log: redact again.")
    return redacted


def _replace(connection: sqlite3.Connection, stream_id: UUID, version: int, ordered_by: str, at: datetime) -> Redacted:
    place = (stream_id.hex, version)
    row = connection.execute(
        "SELECT topic, state, rowid FROM stored_events WHERE originator_id = ? AND originator_version = ?", place
    ).fetchone()
    if row is None:
        raise NotFoundError(f"There is no fact {version} in the stream {stream_id}.")
    fact = EventMapper().read(*row)
    known = connection.execute(
        "SELECT sha256 FROM redactions WHERE stream_id = ? AND stream_version = ?", place
    ).fetchone()
    if known:
        return Redacted(fact, known[0])
    sha256 = hashlib.sha256(row[1]).hexdigest()
    bare = _without_words(fact)
    connection.execute(
        "UPDATE stored_events SET state = ? WHERE originator_id = ? AND originator_version = ?",
        (envelope.encode(bare.envelope, bare.event), *place),
    )
    connection.execute("INSERT INTO redactions VALUES (?, ?, ?, ?, ?)", (*place, sha256, ordered_by, at.isoformat()))
    return Redacted(bare, sha256)


def _without_words(fact: Recorded) -> Recorded:
    head = fact.envelope
    subject = head.subject or own_subject(head.stream_id)

    def mark(_text: str, field: str, group: str | None) -> str:
        whose = subject if group is None else group_of(subject, group)
        place = tokens.head_of(subject=whose, key=0, stream=head.stream_id, version=head.stream_version, field=field)
        return tokens.join(place, b"")

    return Recorded(head, rewritten(fact.event, mark), fact.position)
