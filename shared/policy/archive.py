"""A pack as it is kept: JSON that says everything, so that it can be read when its file is long gone."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

import msgspec

from shared.errors import CorruptRecordError
from shared.events.envelope import Recorded
from shared.events.policies import PolicyAdopted
from shared.policy.pack import Policy, decoded
from shared.policy.terms import Term, written_term


class Kept(NamedTuple):
    """A pack on record: its label, the hash of what it says, since when, and what it says."""

    label: str
    sha256: str
    since: datetime
    content: str


def written_pack(policy: Policy) -> str:
    """Return a pack with all that it says, always in the same order."""
    return _encoder.encode(policy).decode()


def hash_of(content: str) -> str:
    """Return the SHA-256 of a kept pack, in hex."""
    return sha256(content.encode()).hexdigest()


def read_kept(content: str) -> Policy:
    """Read a pack that was kept."""
    try:
        return msgspec.convert(msgspec.json.decode(content), Policy, dec_hook=decoded)
    except msgspec.MsgspecError as error:
        raise CorruptRecordError("A policy pack on record does not read any more.") from error


def kept_in(facts: Iterable[Recorded]) -> Sequence[Kept]:
    """Return the packs that facts say were adopted, in their order."""
    return [
        Kept(fact.event.label, fact.event.sha256, fact.envelope.recorded_at, fact.event.content)
        for fact in facts
        if isinstance(fact.event, PolicyAdopted)
    ]


def in_force(kept: Sequence[Kept], label: str, at: datetime | None = None) -> Kept | None:
    """Return what a label stood for at a time, or stands for now; the first of its kind for a time before it."""
    of_label = [one for one in kept if one.label == label]
    until = [one for one in of_label if at is None or one.since <= at]
    return until[-1] if until else next(iter(of_label), None)


def _encoded(value: object) -> object:
    if isinstance(value, Term):
        return written_term(value)
    raise NotImplementedError(type(value))


_encoder = msgspec.json.Encoder(order="deterministic", enc_hook=_encoded)
