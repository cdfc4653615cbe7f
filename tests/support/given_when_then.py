"""Given these facts, when this is decided, then those facts, or a refusal, or silence."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

import pytest

from shared.errors import GateClosedError, RedressError
from shared.events.envelope import Actor, Envelope, Event, Recorded

S = TypeVar("S")

STREAM = UUID("0190f2c4-7a3e-7c11-9c0e-3f5b8a1d2e4d")
START = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
STEP = timedelta(hours=1)
SOMEBODY = "somebody"


class By(NamedTuple):
    """A fact with who did it and, where it matters, when it was true."""

    actor: str
    event: Event
    at: datetime | None = None


Fact = Event | By


def history(facts: Iterable[Fact], stream_id: UUID = STREAM, after: int = 0) -> Iterator[Recorded]:
    """Wrap facts as they would lie in the log, an hour apart."""
    for version, fact in enumerate(facts, start=after + 1):
        actor, event, at = fact if isinstance(fact, By) else By(SOMEBODY, fact)
        recorded_at = START + STEP * (version - 1)
        head = Envelope(
            event_id=UUID(int=version),
            type=event.TOPIC,
            type_version=event.VERSION,
            stream=event.STREAM,
            stream_id=stream_id,
            stream_version=version,
            occurred_at=at or recorded_at,
            recorded_at=recorded_at,
            actor=Actor(actor, "operator"),
            correlation_id=UUID(int=0),
        )
        yield Recorded(head, event, version)


class Outcome:
    """What a decision came to."""

    def __init__(self, decide: Callable[[], Sequence[Event]]) -> None:
        """Keep the decision until it is known what is expected of it."""
        self._decide = decide

    def then(self, *facts: Event) -> None:
        """Expect exactly these facts; none: silence."""
        assert list(self._decide()) == list(facts)

    def then_refused(self, gate: str) -> GateClosedError:
        """Expect this gate to be closed, and to say what opens it."""
        with pytest.raises(GateClosedError) as caught:
            self._decide()
        assert caught.value.gate == gate
        assert caught.value.fields["opens"]
        return caught.value

    def then_fails(self, kind: type[RedressError], field: str | None = None) -> None:
        """Expect a refusal of this kind that names this field."""
        with pytest.raises(kind) as caught:
            self._decide()
        assert caught.value.fields.get("field") == field


class Given(Generic[S]):
    """The state that a fold makes of facts."""

    def __init__(self, evolve: Callable[[S | None, Recorded], S], *facts: Fact) -> None:
        """Fold the facts."""
        state: S | None = None
        for recorded in history(facts):
            state = evolve(state, recorded)
        assert state is not None, "a story begins with a fact"
        self.state = state

    def when(self, decide: Callable[[S], Sequence[Event]]) -> Outcome:
        """Decide on the state."""
        return Outcome(lambda: decide(self.state))
