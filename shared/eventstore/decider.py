"""Load, decide, append: the one path by which a stream changes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from msgspec.structs import replace

from shared.errors import NotFoundError, PreconditionError
from shared.events.envelope import Event, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.work import UnitOfWork

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Decider(Generic[S]):
    """How one kind of stream is folded: `evolve(None, first)` begins a state, `evolve(state, next)` goes on."""

    noun: str
    evolve: Callable[[S | None, Recorded], S]

    def fold(self, facts: Iterable[Recorded]) -> S | None:
        """Return the state after these facts, None when there are none."""
        state: S | None = None
        for fact in facts:
            state = self.evolve(state, fact)
        return state

    def change(
        self,
        work: UnitOfWork,
        stream_id: UUID,
        context: CommandContext,
        decide: Callable[[S], Sequence[Event]],
        admit: Callable[[S], None] = lambda _state: None,
    ) -> Sequence[Recorded]:
        """Load the stream, decide on its state and append what was decided.

        Where nothing is to be said the last fact stands for the answer. Another tenant's stream is as good as none;
        `admit` refuses who may not know of it before anything about it can be told.
        """
        facts = work.read(stream_id)
        state = self.fold(facts) if facts and facts[0].envelope.tenant == context.tenant else None
        if state is None:
            raise NotFoundError(f"There is no {self.noun} with the id {stream_id}.")
        admit(state)
        version = facts[-1].envelope.stream_version
        if context.expected_version is not None and context.expected_version != version:
            raise PreconditionError(
                f"The {self.noun} is at version {version}, not {context.expected_version}: read it again.",
                version=version,
                changed=_since(facts, context.expected_version),
            )
        events = decide(state)
        if context.subject is None:
            context = replace(context, subject=facts[0].envelope.subject)
        return work.append(stream_id, version, events, context) if events else facts[-1:]


def _since(facts: Sequence[Recorded], version: int) -> list[dict[str, object]]:
    """Tell what happened after a version, without a word of what it says: who did what when."""
    later = [one.envelope for one in facts if one.envelope.stream_version > version]
    return [
        {"version": one.stream_version, "type": one.type, "by": one.actor.id, "at": one.recorded_at.isoformat()}
        for one in later[-_MOST_TOLD:]
    ]


_MOST_TOLD = 20
