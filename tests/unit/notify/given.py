"""What the tests of notify stand on: facts of cases as they are heard, a record in memory, a clock that is set."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from services.notify.application import Office, Telling, load_rules
from services.notify.channels.port import Letter
from services.notify.consumers import Links, reactions
from services.notify.domain import Outcome, Quiet
from services.notify.templates import load_templates
from shared.errors import ConflictError
from shared.events.cases import CaseOpened, OrganisationRegistered
from shared.events.envelope import Actor, Envelope, Event, Recorded
from shared.events.values import ContactChannel, SafeContact, SafeHours
from shared.eventstore.context import CommandContext
from shared.ids import derived_id, new_id

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CASE = UUID("0190b5c2-7c1e-7a10-8f00-3c1de50f6a01")
FACTORY = UUID("0190b5c2-7c1e-7a10-8f00-3c1de50f6a02")
QUIET = Quiet(SafeHours(start="08:00", end="20:00"), "Asia/Bangkok")
NUMBER = "R-7Q2XK-M4T9C"

E = TypeVar("E", bound=Event)


@dataclass(slots=True)
class SetClock:
    """A clock that stands until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


def recorded(
    event: Event,
    stream_id: UUID = CASE,
    version: int = 1,
    *,
    recorded_at: datetime = NOON,
    occurred_at: datetime | None = None,
    position: int = 1,
) -> Recorded:
    """An event as it lies in the log."""
    envelope = Envelope(
        event_id=derived_id("test-event", str(stream_id), str(version)),
        type=event.TOPIC,
        type_version=event.VERSION,
        stream=event.STREAM,
        stream_id=stream_id,
        stream_version=version,
        occurred_at=occurred_at or recorded_at,
        recorded_at=recorded_at,
        actor=Actor("tester", "operator"),
        correlation_id=new_id(),
    )
    return Recorded(envelope, event, position)


class MemoryWork:
    """A unit of work over streams in memory."""

    def __init__(self) -> None:
        self.streams: dict[UUID, list[Recorded]] = defaultdict(list)
        self.contexts: list[CommandContext] = []

    def read(self, stream_id: UUID) -> Sequence[Recorded]:
        return tuple(self.streams[stream_id])

    def append(
        self, stream_id: UUID, expected_version: int, events: Sequence[Event], context: CommandContext
    ) -> Sequence[Recorded]:
        stream = self.streams[stream_id]
        if len(stream) != expected_version:
            raise ConflictError("moved on")
        new = [
            recorded(event, stream_id, expected_version + place, recorded_at=context.now)
            for place, event in enumerate(events, 1)
        ]
        stream.extend(new)
        self.contexts.append(context)
        return new

    def version(self, stream_id: UUID) -> int:
        return len(self.streams[stream_id])

    def lookup(self, kind: str, key: str) -> str | None:
        raise AssertionError(f"nothing is looked up here: {kind} {key}")

    def said(self, kind: type[E]) -> list[E]:
        """All events of a class that were appended."""
        return [fact.event for stream in self.streams.values() for fact in stream if isinstance(fact.event, kind)]


class Ears:
    """The reaction of notify over a record in memory; facts of one case are heard in order."""

    def __init__(
        self,
        historical_days: int = 14,
        supervisors: SafeContact | None = None,
        office: Office | None = None,
        links: Links | None = None,
    ) -> None:
        self.work = MemoryWork()
        telling = Telling(load_templates(), SetClock(), timedelta(days=historical_days), QUIET, load_rules().version)
        heard = reactions(telling, load_rules(), office or Office(supervisors=supervisors), links)
        self._routes = {kind: handle for one in heard for kind, handle in one.routes.items()}
        self._heard: dict[UUID, int] = defaultdict(int)

    def hear(self, event: Event, stream_id: UUID = CASE, *, occurred_at: datetime | None = None) -> Recorded:
        self._heard[stream_id] += 1
        fact = recorded(event, stream_id, self._heard[stream_id], occurred_at=occurred_at)
        self.hear_again(fact)
        return fact

    def hear_again(self, fact: Recorded) -> None:
        self._routes[type(fact.event)](self.work, fact)


def contact(language: str = "en", channel: ContactChannel = "email", address: str = "aye@example.org") -> SafeContact:
    return SafeContact(channel=channel, address=address, language=language)


def opened(safe_contact: SafeContact | None = None, channel: str = "hotline") -> CaseOpened:
    return CaseOpened(number=NUMBER, channel=channel, language="my", safe_contact=safe_contact)


def registered(contact_: SafeContact | None = None) -> OrganisationRegistered:
    return OrganisationRegistered(name="Bright Sea Foods", kind="employer", contact=contact_)


def letter(address: str = "aye@example.org", **changes: Any) -> Letter:
    words: dict[str, Any] = {"language": "th", "subject": "มีข่าว R-1", "body": "สวัสดี\n\nมีข่าว R-1\n"} | changes
    return Letter(id=derived_id("test-letter"), address=address, queued_at=NOON, **words)


@dataclass(slots=True)
class ScriptedChannel:
    """Answers as it was told to, the last answer for ever, and keeps what it was handed."""

    outcomes: list[Outcome]
    letters: list[Letter] = field(default_factory=list)

    async def deliver(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
