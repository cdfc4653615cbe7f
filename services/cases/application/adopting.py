"""Puts the packs of a deployment on record when they change, and reads what was adopted since the beginning."""

import logging
from collections.abc import Sequence

from services.cases.domain.adopting import adopt
from shared.clock import Clock
from shared.events.envelope import Actor
from shared.events.policies import ARCHIVE, PolicyAdopted
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id
from shared.policy import Packs
from shared.policy.archive import Kept, hash_of, kept_in, written_pack

ADOPTING = Actor("system:policy", "system")

log = logging.getLogger("redress.cases")


class Adopting:
    """The archive of rules: one stream of the record, in which nothing is ever taken back."""

    def __init__(self, store: EventStore, packs: Packs, clock: Clock) -> None:
        """Take the record, the packs that are in use, and the clock."""
        self._store = store
        self._clock = clock
        contents = {policy.label: written_pack(policy) for policy in packs.all()}
        self._in_use = {label: (hash_of(content), content) for label, content in contents.items()}

    async def look(self) -> None:
        """Put on record what is new; nothing where all is on record, so every replica may look."""
        context = CommandContext(actor=ADOPTING, now=self._clock(), correlation_id=new_id())
        for event in await self._store.execute(lambda unit: self._say(unit, context)):
            log.info("policy adopted", extra={"label": event.label, "sha256": event.sha256})

    async def kept(self) -> Sequence[Kept]:
        """Return every pack that was ever adopted, the first one first."""
        return kept_in(await self._store.stream(ARCHIVE))

    def _say(self, unit: UnitOfWork, context: CommandContext) -> Sequence[PolicyAdopted]:
        facts = unit.read(ARCHIVE)
        events = adopt([fact.event for fact in facts if isinstance(fact.event, PolicyAdopted)], self._in_use)
        if events:
            unit.append(ARCHIVE, len(facts), events, context)
        return events
