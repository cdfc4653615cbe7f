"""Dismissed reports that were kept long enough: their persons are erased, unless something holds that back."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from uuid import UUID

from services.intake.application.subjects import Subjects
from shared.clock import Clock
from shared.events.envelope import Actor
from shared.eventstore.context import CommandContext
from shared.ids import new_id

RETENTION = Actor("system:retention", "system")

Ripe = Callable[[datetime], AsyncIterator[tuple[UUID, Sequence[UUID]]]]
"""Persons with their reports, where all of these are past their time."""


class Retiring:
    """One round a while."""

    def __init__(self, subjects: Subjects, ripe: Ripe, clock: Clock) -> None:
        """Take the commands, what is past its time, and the clock."""
        self._subjects = subjects
        self._ripe = ripe
        self._clock = clock

    async def look(self) -> None:
        """Carry out one round."""
        now = self._clock()
        async for subject, reports in self._ripe(now):
            context = CommandContext(actor=RETENTION, now=now, correlation_id=new_id())
            await self._subjects.retire(subject=subject, reports=reports, context=context)
