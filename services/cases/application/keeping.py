"""Filters and templates: kept, replaced, removed."""

from collections.abc import Callable, Sequence
from uuid import UUID

from services.cases.domain import keeping
from services.cases.domain.keeping import Kept, SaveFilter, SaveTemplate
from shared.errors import NotFoundError
from shared.events.envelope import Event, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.decider import Decider
from shared.eventstore.store import EventStore, Written
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id

KEPT: Decider[Kept] = Decider("filter or template", keeping.evolve)


class Keeping:
    """The commands on what the office keeps for its work."""

    def __init__(self, store: EventStore) -> None:
        """Stand on the record of this service."""
        self.store = store

    async def save_filter(self, *, context: CommandContext, command: SaveFilter) -> Written:
        """Keep a filter under a name of one's own."""
        by = context.actor.id
        stream_id = derived_id("case-filter", context.tenant, by, command.name.strip().casefold())
        return await self._keep(context, stream_id, lambda kept: keeping.save_filter(kept, command, by=by))

    async def save_template(self, *, context: CommandContext, command: SaveTemplate) -> Written:
        """Keep a template of the tenant."""
        stream_id = derived_id("note-template", context.tenant, command.language, command.name.strip().casefold())
        return await self._keep(context, stream_id, lambda kept: keeping.save_template(kept, command))

    async def remove(self, *, context: CommandContext, kept_id: UUID, stream: str, head: bool) -> Written:
        """Remove a filter or a template."""
        by = context.actor.id

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            facts = unit.read(kept_id)
            first = facts[0].envelope if facts else None
            if first is None or (first.stream, first.tenant) != (stream, context.tenant):
                raise NotFoundError(f"There is no {stream.rpartition('.')[2]} with the id {kept_id}.")
            return KEPT.change(unit, kept_id, context, lambda kept: keeping.remove(kept, by=by, head=head))

        return await self.store.write(context, work)

    async def _keep(
        self, context: CommandContext, stream_id: UUID, decide: Callable[[Kept | None], Sequence[Event]]
    ) -> Written:
        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            facts = unit.read(stream_id)
            events = decide(KEPT.fold(facts))
            return unit.append(stream_id, unit.version(stream_id), events, context) if events else facts[-1:]

        return await self.store.write(context, work)
