"""Looks now and then for what keeps coming back, and says so on record once in a window."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from uuid import UUID

from services.cases.domain import patterns
from services.cases.domain.patterns import Sighting, Trait
from shared.clock import Clock
from shared.events.envelope import Actor
from shared.events.together import PatternRaised
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id, new_id
from shared.policy import Policy

LOOKOUT = Actor("system:patterns", "system")

Sightings = Callable[[datetime], AsyncIterator[tuple[str, Sighting]]]
"""Tenant and sighting of every case opened since a time."""


class Lookout:
    """One round a while; nothing is looked at when nothing was written since the last round."""

    def __init__(self, store: EventStore, sightings: Sightings, clock: Clock, policy: Policy) -> None:
        """Take the record, what was seen, the clock and the policy's numbers."""
        self._store = store
        self._sightings = sightings
        self._clock = clock
        self._policy = policy
        self._seen = -1

    async def look(self) -> None:
        """Carry out one round."""
        head = await self._store.head()
        if head == self._seen:
            return
        now = self._clock()
        since = now - self._policy.patterns.window
        by_tenant: dict[str, list[Sighting]] = {}
        async for tenant, sighting in self._sightings(since):
            by_tenant.setdefault(tenant, []).append(sighting)
        for tenant, seen in by_tenant.items():
            for trait, event in patterns.raised(seen, since=since, policy=self._policy).items():
                await self._say(tenant, trait, event, now)
        self._seen = head

    async def _say(self, tenant: str, trait: Trait, event: PatternRaised, now: datetime) -> None:
        stream_id = derived_id("pattern", tenant, trait.kind, trait.key)
        context = CommandContext(actor=LOOKOUT, now=now, correlation_id=new_id(), tenant=tenant)
        await self._store.execute(lambda unit: self._said(unit, stream_id, event, context))

    def _said(self, unit: UnitOfWork, stream_id: UUID, event: PatternRaised, context: CommandContext) -> None:
        earlier = [fact.envelope.recorded_at for fact in unit.read(stream_id)]
        if patterns.due_again(earlier, now=context.now, policy=self._policy):
            unit.append(stream_id, len(earlier), [event], context)
