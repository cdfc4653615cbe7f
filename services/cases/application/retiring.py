"""Cases that were kept long enough: said so on their record, which lets what people said in them be erased."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from uuid import UUID

from services.cases.application.service import Cases
from shared.clock import Clock
from shared.events.envelope import Actor
from shared.eventstore.context import CommandContext
from shared.ids import new_id

RETENTION = Actor("system:retention", "system")

Ripe = Callable[[datetime], AsyncIterator[Sequence[UUID]]]
"""All cases of one person after another, of whom every case is past its time. A view: the streams decide."""


class Retiring:
    """One round a while."""

    def __init__(self, cases: Cases, ripe: Ripe, clock: Clock) -> None:
        """Take the commands, what seems past its time, and the clock."""
        self._cases = cases
        self._ripe = ripe
        self._clock = clock

    async def look(self) -> None:
        """Carry out one round."""
        now = self._clock()
        async for of_one_person in self._ripe(now):
            for case_id in of_one_person:
                context = CommandContext(actor=RETENTION, now=now, correlation_id=new_id())
                await self._cases.retire(context=context, case_id=case_id)
