"""Questions that analysts keep: all of a tenant in one stream, read from the record when they are asked for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from shared.errors import ConflictError, ForbiddenError, NotFoundError
from shared.events.envelope import Recorded
from shared.events.figures import QuestionRemoved, QuestionSaved
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore, Written
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id

MOST = 500
"""So many questions a tenant keeps: they are read as a whole."""


class SaveQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Keep a question under a name, which replaces one's own question of that name."""

    name: str
    title: str
    report: str
    asked: Mapping[str, str]
    only: tuple[str, ...] = ()


class Kept(msgspec.Struct, frozen=True):
    """A question, and since when it is kept like this."""

    question: QuestionSaved
    saved_at: datetime


class Keeping:
    """The commands on kept questions, and what is kept."""

    def __init__(self, store: EventStore) -> None:
        """Stand on the record of this service."""
        self.store = store

    async def save(self, *, context: CommandContext, command: SaveQuestion) -> Written:
        """Keep a question; a name that somebody else of the tenant uses is a `ConflictError`."""
        by, stream_id = context.actor.id, _stream(context.tenant)

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            facts = unit.read(stream_id)
            kept = _kept(facts)
            known = kept.get(command.name)
            fact = QuestionSaved(owner=by, **msgspec.structs.asdict(command))
            if known is not None and known.question.owner != by:
                raise ConflictError("Somebody else keeps a question under this name; choose another one.")
            if known is None and len(kept) >= MOST:
                raise ConflictError(f"{MOST} questions are kept; remove one that nobody asks any more.")
            if known is not None and known.question == fact:
                return facts[-1:]
            return unit.append(stream_id, unit.version(stream_id), [fact], context)

        return await self.store.write(context, work)

    async def remove(self, *, context: CommandContext, name: str, head: bool) -> Written:
        """Remove a question; somebody else's only as a head of the office."""
        by, stream_id = context.actor.id, _stream(context.tenant)

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            known = _kept(unit.read(stream_id)).get(name)
            if known is None:
                raise _unknown()
            if known.question.owner != by and not head:
                raise ForbiddenError("A question is removed by whoever keeps it, or by a supervisor.")
            return unit.append(stream_id, unit.version(stream_id), [QuestionRemoved(name=name)], context)

        return await self.store.write(context, work)

    async def all(self, tenant: str) -> Sequence[Kept]:
        """Return every question of a tenant, by name."""
        kept = _kept(await self.store.stream(_stream(tenant)))
        return [kept[name] for name in sorted(kept)]

    async def one(self, tenant: str, name: str) -> QuestionSaved:
        """Return a question of a tenant; `NotFoundError` if none is kept under the name."""
        known = _kept(await self.store.stream(_stream(tenant))).get(name)
        if known is None:
            raise _unknown()
        return known.question


def _unknown() -> NotFoundError:
    return NotFoundError("No question is kept under this name.")


def _stream(tenant: str) -> UUID:
    return derived_id("kept-questions", tenant)


def _kept(facts: Iterable[Recorded]) -> dict[str, Kept]:
    found: dict[str, Kept] = {}
    for fact in facts:
        match fact.event:
            case QuestionSaved() as event:
                found[event.name] = Kept(event, fact.envelope.recorded_at)
            case QuestionRemoved(name=name):
                found.pop(name, None)
            case _:
                pass
    return found
