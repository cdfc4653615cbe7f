"""What a record keeps beside its facts: dead letters, kept with what is needed to try again, and redactions."""

from datetime import datetime
from uuid import UUID

import msgspec


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """Which fact waits for which reaction, since when and why; never what the fact says.

    `id` names it on the command line. `position` is its place in `feed`; "" is the log of the reaction's source.
    """

    id: int
    reaction: str
    feed: str
    position: int
    stream_id: UUID
    stream_version: int
    topic: str
    cause: str
    parked_at: datetime


class Redaction(msgspec.Struct, frozen=True):
    """A fact whose words a court had taken out: which, and the SHA-256 of its bytes before, in hex."""

    stream_id: UUID
    stream_version: int
    sha256: str


class Discarding(msgspec.Struct, frozen=True):
    """Who gave up a dead letter, why and when; kept for good."""

    who: str
    why: str
    at: datetime


class Discarded(msgspec.Struct, frozen=True):
    """A dead letter that was given up, and by whom."""

    letter: DeadLetter
    given_up: Discarding
