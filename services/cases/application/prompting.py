"""The asking by rule: when a planned question is due it is asked, put off or withheld, once.

Nothing is kept in memory. A view says which plans are due; the record of the case decides, so that a view that lags, a
restart or a second replica finds the plan carried out already and says nothing.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from uuid import UUID

from services.cases.application import streams
from services.cases.application.questions import Questions
from services.cases.application.service import Cases
from services.cases.domain.prompting import prompted
from services.cases.domain.state import Case
from shared.clock import Clock as Time
from shared.events.envelope import Actor, Event, Recorded
from shared.events.questions import QuestionPlanned
from shared.eventstore.context import CommandContext
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id

RULES = Actor("system:questions", "system")

DuePlans = Callable[[datetime], AsyncIterator[Sequence[UUID]]]
"""Cases with a planned question whose time has come, the oldest first, page by page; one may come twice."""


class Prompting:
    """One round a while."""

    def __init__(
        self, cases: Cases, questions: Questions, due: DuePlans, time: Time, ids: Callable[[], UUID] = new_id
    ) -> None:
        """Take the commands, what seems due, and the time."""
        self._cases = cases
        self._questions = questions
        self._due = due
        self._time = time
        self._ids = ids

    async def look(self) -> None:
        """Carry out one round: every plan that is due now."""
        now = self._time()
        async for case_ids in self._due(now):
            for case_id in dict.fromkeys(case_ids):
                await self.prompt(case_id, now)

    async def prompt(self, case_id: UUID, now: datetime) -> None:
        """Ask, put off or withhold what is due in one case, the oldest first: only one of them can be asked."""
        context = CommandContext(actor=RULES, now=now, correlation_id=self._ids())

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            facts = unit.read(case_id)
            case = streams.CASE.fold(facts)
            if case is None:
                return facts
            own = streams.in_its_tenant(unit, case_id, context)
            elsewhere = self._questions.waiting_elsewhere(unit, case, own.tenant, now)
            busy_until = elsewhere.asked.expires_at if elsewhere is not None else None
            written: list[Recorded] = []
            for due in sorted((one for one in case.planned if one.ask_at <= now), key=lambda one: one.ask_at):

                def decide(known: Case, due: QuestionPlanned = due) -> Sequence[Event]:
                    return prompted(known, due, at=now, elsewhere=busy_until)

                written += streams.change_case(unit, case_id, own, decide, lambda _case: None)
            return written or facts[-1:]

        await self._cases.store.write(context, work)
