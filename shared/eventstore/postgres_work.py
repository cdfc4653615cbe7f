"""The unit of work on a layer of a batch: decides in memory, under the lock of the table, what the batch will store."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import psycopg

from shared.errors import ConflictError, InvalidError, NotFoundError
from shared.events.envelope import Event, Recorded
from shared.eventstore import answers
from shared.eventstore.context import CommandContext
from shared.eventstore.index import Indexer
from shared.eventstore.letters import DeadLetter, Discarding
from shared.eventstore.mapper import EventMapper
from shared.eventstore.postgres_layers import Ground, Layer
from shared.eventstore.postgres_tables import ANSWERS, DISCARDED, HEARD, LOOKUPS, PARKED, TRACKING
from shared.eventstore.store import Written
from shared.eventstore.wrapping import wrap
from shared.supervision import Failure, attempt
from shared.vault.sealing import Sealer

_TROUBLE = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)
"""What is wrong with the database and not with the step."""


class PostgresWork:
    """Implements `StoreWork`; what it changed lies in `layer` until somebody pours it out."""

    def __init__(
        self,
        ground: Ground,
        mapper: EventMapper,
        indexer: Indexer,
        ids: Callable[[], UUID],
        sealer: Sealer | None = None,
    ) -> None:
        """Work on a new layer over what the batch and the database hold."""
        self.layer = Layer(ground)
        self._mapper = mapper
        self._indexer = indexer
        self._sealer = sealer
        self._ids = ids

    def read(self, stream_id: UUID) -> Sequence[Recorded]:
        """Return the facts of a stream in order."""
        return self.layer.facts(stream_id)

    def version(self, stream_id: UUID) -> int:
        """Return the version of a stream without reading its facts."""
        return self.layer.version(stream_id)

    def append(
        self, stream_id: UUID, expected_version: int, events: Sequence[Event], context: CommandContext
    ) -> Sequence[Recorded]:
        """Append facts behind the expected version."""
        if self.layer.version(stream_id) != expected_version:
            raise ConflictError("The stream has moved on; read it again and decide again.")
        appended = []
        for version, event in enumerate(events, start=expected_version + 1):
            position = self.layer.head() + 1
            fact = wrap(event, self._ids(), stream_id, version, context, position=position, sealer=self._sealer)
            self.layer.add(fact, self._mapper.state_of(fact))
            self._index(fact)
            appended.append(fact)
        return appended

    def lookup(self, kind: str, key: str) -> str | None:
        """Return what the index says about a key."""
        row = self.layer.row(LOOKUPS, (kind, key))
        return row[0] if row else None

    def guarded(self, step: Callable[[], None]) -> Failure | None:
        """Carry out a step; if it fails, undo just that step and return how it failed."""
        before = self.layer
        self.layer = Layer(before)
        outcome = attempt(step)
        if outcome is None:
            self.layer.pour(before)
        self.layer = before
        if isinstance(outcome, Failure) and isinstance(outcome.error, _TROUBLE):
            raise outcome.error
        return outcome

    def answered(self, key: str, fingerprint: str | None) -> Written | None:
        """Return what was answered under an idempotency key, None when it is new."""
        row = self.layer.row(ANSWERS, (key,))
        return answers.repeated(row[0], row[1], fingerprint) if row else None

    def remember(self, key: str, fingerprint: str | None, answer: Written) -> None:
        """Keep the answer given under an idempotency key."""
        self.layer.put(ANSWERS, (key,), (fingerprint, answers.encode(answer)))

    def track(self, reaction: str, position: int) -> None:
        """Store how far a reaction has read; a position that is not ahead is a conflict."""
        row = self.layer.row(TRACKING, (reaction,))
        if row is not None and row[0] >= position:
            raise ConflictError(f"The reaction {reaction} has already read position {position}.")
        self.layer.put(TRACKING, (reaction,), (position,))

    def heard(self, reaction: str, stream_id: UUID) -> int:
        """Return the last version of a stream that a reaction has answered, 0 when there is none."""
        row = self.layer.row(HEARD, (reaction, stream_id))
        return row[0] if row else 0

    def hear(self, reaction: str, stream_id: UUID, version: int) -> None:
        """Store the last version of a stream that a reaction has answered."""
        self.layer.put(HEARD, (reaction, stream_id), (version,))

    def parked(self, reaction: str) -> set[str]:
        """Return the streams, as hex ids, of which a fact waits in the dead letters of a reaction."""
        return {stream_id.hex for _reaction, stream_id, _version in self.layer.parked(reaction)}

    def park(self, reaction: str, recorded: Recorded, cause: str, at: datetime, feed: str = "") -> None:
        """Put a fact, with its bytes, into the dead letters of a reaction."""
        head = recorded.envelope
        row = (feed, recorded.position, head.type, cause, at, self._mapper.state_of(recorded))
        self.layer.put(PARKED, (reaction, head.stream_id, head.stream_version), row)

    def letters_of(self, reaction: str, stream_id: UUID) -> Sequence[Recorded]:
        """Return the parked facts of a stream in the order of their versions."""
        mine = sorted(key for key in self.layer.parked(reaction) if key[1] == stream_id)
        rows = [self.layer.parked(reaction)[key] for key in mine]
        return [self._mapper.read_parked(topic, state, position) for _feed, position, topic, _cause, _at, state in rows]

    def unpark(self, reaction: str, stream_id: UUID, version: int) -> None:
        """Take a fact out of the dead letters."""
        self.layer.put(PARKED, (reaction, stream_id, version), None)

    def discard(self, letter: DeadLetter, given_up: Discarding) -> None:
        """Take a fact out of the dead letters for good, and keep who did so and why."""
        if self.layer.row(PARKED, (letter.reaction, letter.stream_id, letter.stream_version)) is None:
            raise NotFoundError(f"The dead letter {letter.id} waits no longer.")
        self.unpark(letter.reaction, letter.stream_id, letter.stream_version)
        what = (letter.reaction, letter.stream_id, letter.stream_version, letter.feed, letter.position, letter.topic)
        row = (*what, letter.cause, letter.parked_at, given_up.who, given_up.why, given_up.at)
        self.layer.put(DISCARDED, (letter.id,), row)

    def _index(self, fact: Recorded) -> None:
        for kind, key, value in self._indexer(fact):
            if "\0" in key or "\0" in (value or ""):
                raise InvalidError("A text holds the character NUL, which no index can keep; leave it out.")
            self.layer.put(LOOKUPS, (kind, key), None if value is None else (value,))
