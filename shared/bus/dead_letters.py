"""Dead letters of reactions: tried again in order, or given up one by one with a reason that is kept."""

from typing import NamedTuple
from uuid import UUID

from shared.bus.port import Reaction
from shared.clock import Clock
from shared.errors import InvalidError, NotFoundError, RedressError
from shared.events.envelope import Recorded, Unreadable
from shared.eventstore.letters import DeadLetter, Discarding
from shared.eventstore.store import EventStore
from shared.eventstore.work import ReactingWork

UNREADABLE = "unreadable for this version"


class Retried(NamedTuple):
    """How many facts of a stream were answered now, how many still wait, and why the first of these does."""

    answered: int
    waiting: int
    cause: str | None


class _Step(NamedTuple):
    answered: bool
    waiting: int
    cause: str | None


async def retry(reaction: Reaction, store: EventStore, stream: UUID | DeadLetter) -> Retried:
    """Answer the parked facts of one stream, or of a letter's stream, in order, each in a transaction of its own.

    Stops at the first that fails again. Trouble that may pass is raised as it is, and moves nothing.
    """
    stream_id = stream.stream_id if isinstance(stream, DeadLetter) else stream
    answered = 0
    while True:
        step = await store.execute(lambda work: _answer_first(work, reaction, stream_id))
        if not step.answered:
            return Retried(answered, step.waiting, step.cause)
        answered += 1


async def discard(store: EventStore, letter_id: int, *, who: str, why: str, clock: Clock) -> DeadLetter:
    """Give up one dead letter for good; who did it, when and why is kept. Return what it was."""
    if not why.strip():
        raise InvalidError("Say why this fact is given up; the reason is kept.", field="reason")
    letter = await find(store, letter_id)
    given_up = Discarding(who, why.strip(), clock())

    await store.execute(lambda work: work.discard(letter, given_up))
    return letter


async def find(store: EventStore, letter_id: int) -> DeadLetter:
    """Return a dead letter by its id; a `NotFoundError` when none waits under it."""
    for letter in await store.dead_letters():
        if letter.id == letter_id:
            return letter
    raise NotFoundError(f"No dead letter has the id {letter_id}; 'redress dlt list' shows those that wait.")


async def fact_of(store: EventStore, letter: DeadLetter) -> Recorded:
    """Return the fact that a dead letter keeps."""
    return await store.execute(lambda work: _fact_of(work, letter))


def _fact_of(work: ReactingWork, letter: DeadLetter) -> Recorded:
    for fact in work.letters_of(letter.reaction, letter.stream_id):
        if fact.envelope.stream_version == letter.stream_version:
            return fact
    raise NotFoundError(f"The dead letter {letter.id} waits no longer.")


def _answer_first(work: ReactingWork, reaction: Reaction, stream_id: UUID) -> _Step:
    facts = work.letters_of(reaction.name, stream_id)
    if not facts:
        return _Step(answered=False, waiting=0, cause=None)
    fact = facts[0]
    if isinstance(fact.event, Unreadable):
        return _Step(answered=False, waiting=len(facts), cause=UNREADABLE)
    handler = reaction.routes.get(type(fact.event))
    failure = None if handler is None else work.guarded(lambda: handler(work, fact))
    if failure is None:
        work.unpark(reaction.name, stream_id, fact.envelope.stream_version)
        return _Step(answered=True, waiting=len(facts) - 1, cause=None)
    if isinstance(failure.error, RedressError) and failure.error.retry:
        raise failure.error
    return _Step(answered=False, waiting=len(facts), cause=failure.cause)
