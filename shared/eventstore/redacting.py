"""Hard redaction, for court orders: the stored bytes of one fact lose what people said; the hash of the old ones stays.

Erasing a key is the ordinary way. This one is for an order that the ciphertext, too, must go. The fact keeps its place,
its envelope and what is not personal, so that figures and later facts stand; `redactions` keeps the SHA-256 of the
bytes as they were, so that what was signed over them still verifies. Dead letters hold copies, which lose them, too.
"""

import hashlib
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

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


class RecordBytes(Protocol):
    """The stored bytes of a service's record, beside the store that only appends."""

    def redact(self, stream_id: UUID, version: int, *, ordered_by: str, at: datetime) -> Redacted:
        """Replace the bytes of a fact; done again, it changes nothing and answers the same."""
        ...

    def redact_letters(self, fact: Recorded) -> int:
        """Replace the bytes of a redacted fact in dead letters; return how many there were."""
        ...


class Rewriting(NamedTuple):
    """A fact without what people said: as it is read, as bytes, and the SHA-256 of its bytes before."""

    fact: Recorded
    state: bytes
    sha256: str


def rewriting(topic: str, state: bytes, position: int) -> Rewriting:
    """Return a stored fact without what people said."""
    bare = _without_words(EventMapper().read(topic, state, position))
    return Rewriting(bare, envelope.encode(bare.envelope, bare.event), hashlib.sha256(state).hexdigest())


def _without_words(fact: Recorded) -> Recorded:
    head = fact.envelope
    subject = head.subject or own_subject(head.stream_id)

    def mark(_text: str, field: str, group: str | None) -> str:
        whose = subject if group is None else group_of(subject, group)
        place = tokens.head_of(subject=whose, key=0, stream=head.stream_id, version=head.stream_version, field=field)
        return tokens.join(place, b"")

    return Recorded(head, rewritten(fact.event, mark), fact.position)
