"""The scheduler of clocks: puts on record what was missed, the oldest first, and carries out what follows, once.

Nothing is kept in memory. A view says which cases have a clock that is due; the stream of clocks decides, so that a
view that lags, a restart or a second replica finds the miss on record already and says nothing.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.cases.application import streams
from services.cases.application.service import Cases
from services.cases.domain import answering
from services.cases.domain.clocks import Clock, clocks_of
from services.cases.domain.missing import missed
from shared.clock import Clock as Time
from shared.errors import NotFoundError
from shared.events.envelope import Actor, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id

SCHEDULER = Actor("system:clocks", "system")

Due = Callable[[datetime], AsyncIterator[Sequence[UUID]]]
"""Cases with a clock whose time has passed, the oldest first, page by page."""


class Waking:
    """One round a while."""

    def __init__(self, cases: Cases, due: Due, time: Time, ids: Callable[[], UUID] = new_id) -> None:
        """Take the commands, what seems due, and the time."""
        self._cases = cases
        self._due = due
        self._time = time
        self._ids = ids

    async def look(self) -> None:
        """Carry out one round: every case that has a clock due now."""
        now = self._time()
        async for case_ids in self._due(now):
            for case_id in case_ids:
                await self.wake(case_id, now)

    async def wake(self, case_id: UUID, now: datetime) -> None:
        """Put the misses of one case on record, with what follows."""
        context = CommandContext(actor=SCHEDULER, now=now, correlation_id=self._ids())
        escalation_ids = [self._ids() for _ in range(_MOST_AT_ONCE)]

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            stream_id = clocks_of(case_id)
            own = streams.in_its_tenant(unit, case_id, context)
            facts = unit.read(stream_id)
            clocks = streams.CLOCKS.fold(facts)
            if clocks is None:
                raise NotFoundError(f"There are no clocks of a case {case_id}.")
            written: list[Recorded] = []
            for clock, escalation_id in zip(clocks.due(now), escalation_ids, strict=False):
                written += self._missed(unit, case_id, clock, escalation_id, own)
            return written or facts[-1:]

        await self._cases.store.write(context, work)

    def _missed(
        self, unit: UnitOfWork, case_id: UUID, clock: Clock, escalation_id: UUID, context: CommandContext
    ) -> Sequence[Recorded]:
        case = streams.case(unit, case_id, context.tenant)
        if case is None:
            raise NotFoundError(f"There is no case with the id {case_id}.")
        policy = self._cases.policy_of(case, context)
        outcome = missed(
            clock,
            self._cases.with_the_person(case),
            at=context.now,
            escalation_id=escalation_id,
            registered=lambda organisation_id: streams.organisation(unit, organisation_id, context.tenant),
            policy=policy,
        )
        stream_id = clocks_of(case_id)
        then = replace(context, occurred_at=clock.due_at, subject=case.subject)
        written = unit.append(stream_id, unit.version(stream_id), [outcome.missed], then)
        if not outcome.said:
            return written
        link_id = self._ids()
        said = [*outcome.said, *answering.issued_with(outcome.said, link_id=link_id, at=context.now)]
        return [
            *written,
            *streams.change_case(
                unit, case_id, context, lambda _case: said, lambda _case: None, policy=lambda _case: policy
            ),
        ]


_MOST_AT_ONCE = 50
"""Clocks of one case in one transaction; the next round takes the others."""
