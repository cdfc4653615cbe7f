"""What a person may ask of a service about themselves: what it keeps of them, and who opened it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from shared.events.envelope import Actor, Recorded
from shared.events.privacy import FieldsViewed, Purpose
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore, Written
from shared.privacy.reading import Asked, Part, Reading, Say, access_stream
from shared.rights import DEFAULT_TENANT
from shared.vault.sealing import place_of
from shared.vault.vault import Vault

THEMSELVES = Actor("the-person", "complainant")

_BECAUSE: Mapping[Purpose, str] = {
    "handling": "to handle your case",
    "safety": "to keep somebody safe",
    "review": "to check how your case was handled",
    "legal": "because a law or a court asked for it",
    "rights": "because you asked for it yourself",
}
_NAMES = {
    "address": "how you can be reached",
    "brief": "what was asked of the other side",
    "complainant": "your name",
    "evidence": "what shows that something was done",
    "name": "your name",
    "reference": "your document number",
    "respondent": "whom you complained about",
    "sender": "from where you wrote",
    "statement": "what you said about the remedy",
    "summary": "the summary of your case",
    "text": "what was written",
    "original": "what was written",
    "words": "what was written",
    "danger": "what was written",
}


class Kept(msgspec.Struct, frozen=True):
    """One fact about a person: when, what kind of fact, and every word in it that was sealed for them."""

    at: datetime
    what: str
    said: Mapping[str, str]


class Opened(msgspec.Struct, frozen=True):
    """That somebody opened what is sealed, in a sentence and in its parts."""

    at: datetime
    by: str
    role: str
    purpose: Purpose
    fields: tuple[str, ...]
    told: str


class PersonalRecord(Protocol):
    """What a service can tell a person about themselves."""

    async def kept(self, subject: UUID, now: datetime) -> Sequence[Kept]:
        """Return what is kept of a person, opened for themselves and put on record as such."""
        ...

    async def opened(self, subject: UUID) -> Sequence[Opened]:
        """Return who opened it, oldest first."""
        ...


class Rights(Protocol):
    """Who holds a receipt, and what they say is wrong: one service of a process knows it for all."""

    async def person_of(self, receipt: str) -> UUID | None:
        """Return the pseudonym of who holds a receipt."""
        ...

    async def message_of(self, receipt: str) -> Recorded | None:
        """Return the message that a receipt was given for."""
        ...

    async def correct(self, *, subject: UUID, about: str, text: str, context: CommandContext) -> Written:
        """Take down what a person says is otherwise."""
        ...


StreamsOf = Callable[[UUID], Awaitable[Sequence[UUID]]]
"""From a person to the streams of a service that speak of them."""


class RecordOfPerson:
    """Implements `PersonalRecord` on the record of a service."""

    def __init__(self, store: EventStore, vault: Vault, streams: StreamsOf, say: Say) -> None:
        """`streams` finds what speaks of a person; `say` makes the fact that they read it."""
        self._store = store
        self._reading = Reading(store, vault)
        self._streams = streams
        self._say = say

    async def kept(self, subject: UUID, now: datetime) -> Sequence[Kept]:
        """Return every fact about the person that holds something sealed."""
        facts = [
            fact
            for stream in await self._streams(subject)
            for fact in await self._store.stream(stream)
            if fact.envelope.subject == subject
        ]
        parts = [_part(subject, fact) for fact in facts]
        tenant = facts[0].envelope.tenant if facts else DEFAULT_TENANT
        asked = Asked(THEMSELVES, "rights", now, tenant)
        masked = await self._reading.shown(parts, subject, None, self._say)
        shown = await self._reading.shown(parts, subject, asked, self._say)
        found = [
            Kept(fact.envelope.occurred_at, fact.envelope.type, dict(_differences(hidden, plain, "")))
            for fact, hidden, plain in zip(facts, masked, shown, strict=True)
        ]
        return [one for one in found if one.said]

    async def opened(self, subject: UUID) -> Sequence[Opened]:
        """Return who opened it."""
        facts = await self._store.stream(access_stream(self._store.source, subject))
        return [_told(fact, fact.event) for fact in facts if isinstance(fact.event, FieldsViewed)]


def _part(subject: UUID, fact: Recorded) -> Part:
    head = fact.envelope
    return Part(fact.event, place_of({subject}, head.stream_id, head.stream_version))


def _differences(hidden: Any, plain: Any, path: str) -> Sequence[tuple[str, str]]:
    if isinstance(hidden, dict):
        before = f"{path}." if path else ""
        return [pair for name in hidden for pair in _differences(hidden[name], plain[name], before + name)]
    if isinstance(hidden, list):
        pairs = zip(hidden, plain, strict=True)
        return [
            pair for number, (one, other) in enumerate(pairs) for pair in _differences(one, other, f"{path}.{number}")
        ]
    return [(path, plain)] if hidden != plain else []


def _told(fact: Recorded, viewed: FieldsViewed) -> Opened:
    head = fact.envelope
    names = dict.fromkeys(_NAMES.get(field.rpartition(".")[2], field.replace("_", " ")) for field in viewed.fields)
    who = "you" if head.actor == THEMSELVES else f"{head.actor.id} ({head.actor.role})"
    told = (
        f"On {head.recorded_at:%d %B %Y at %H:%M} UTC {who} opened {_listed(list(names))}, {_BECAUSE[viewed.purpose]}."
    )
    return Opened(head.recorded_at, head.actor.id, head.actor.role, viewed.purpose, viewed.fields, told)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
