"""Asking the complainant by a message, and taking their next message as the answer."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from services.cases.application import streams
from services.cases.application.index import LAST_QUESTION
from services.cases.application.service import Cases
from services.cases.domain import questions
from services.cases.domain.state import Case, Question
from shared.events.envelope import Event, Recorded
from shared.events.intake import MessageReceived
from shared.eventstore.context import CommandContext
from shared.eventstore.store import Written
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id
from shared.vault.sealing import opened, place_of
from shared.vault.vault import Vault


class Questions:
    """One question at a time for each person, over all their cases."""

    def __init__(self, cases: Cases, vault: Vault, ids: Callable[[], UUID] = new_id) -> None:
        """Stand on the record of cases; `vault` opens what a message says."""
        self.store = cases.store
        self._cases = cases
        self._vault = vault
        self._ids = ids

    async def ask(self, *, context: CommandContext, case_id: UUID, command: questions.Ask) -> Written:
        """Ask the complainant."""
        question_id, at = self._ids(), context.true_at

        def decide(unit: UnitOfWork, case: Case) -> Sequence[Event]:
            elsewhere = self.waiting_elsewhere(unit, case, context.tenant, at) is not None
            return questions.ask(case, command, at=at, question_id=question_id, elsewhere=elsewhere)

        return await self._cases.change(context, case_id, decide)

    def waiting_elsewhere(self, unit: UnitOfWork, case: Case, tenant: str, at: datetime) -> Question | None:
        """Return the question that waits for an answer of the same person in another case of theirs, or None."""
        waiting = self._waiting(unit, case.subject, tenant, at)
        return waiting[1] if waiting is not None and waiting[0].case_id != case.case_id else None

    def hear(self, unit: UnitOfWork, received: Recorded, context: CommandContext) -> None:
        """Take a message as the answer, if its sender was asked something before and it says what is certain.

        What is unclear, late or said twice stands on the record of the case for a person to read.
        """
        message, head = received.event, received.envelope
        case = self._asked_last(unit, head.subject, head.tenant)
        if case is None or not isinstance(message, MessageReceived) or head.recorded_at < case.questions[-1].at:
            return
        said = opened(self._vault, message, place_of({head.subject}, head.stream_id, head.stream_version))
        heard = questions.Heard(head.stream_id, said.text, message.text)
        policy = self._cases.policy_of(case, context)
        streams.change_case(
            unit,
            case.case_id,
            context,
            lambda known: (
                questions.answer(known, heard, at=context.true_at, policy=policy)
                if questions.waiting(known, head.recorded_at)
                else questions.keep(known, heard, at=head.recorded_at)
            ),
            lambda _case: None,
            policy=lambda _case: policy,
        )

    def _waiting(
        self, unit: UnitOfWork, subject: UUID | None, tenant: str, at: datetime
    ) -> tuple[Case, Question] | None:
        """Return the case of a person with the question that waits for their answer there, or None."""
        case = self._asked_last(unit, subject, tenant)
        question = questions.waiting(case, at) if case is not None else None
        return (case, question) if case is not None and question is not None else None

    def _asked_last(self, unit: UnitOfWork, subject: UUID | None, tenant: str) -> Case | None:
        """Return the case in which a person was asked something last, unless it was retired; None when in none."""
        found = unit.lookup(LAST_QUESTION, subject.hex) if subject is not None else None
        case = streams.case(unit, UUID(found), tenant) if found is not None else None
        return case if case is not None and case.questions and not case.retired else None
