"""The steps that not every case takes: attempts, asking for consent, investigating, monitoring, appeals."""

from collections.abc import Callable, Sequence
from uuid import UUID

from services.cases.application import streams
from services.cases.application.service import Cases
from services.cases.domain import appeals, asking, attempts, disclosure, investigating
from services.cases.domain.state import Case
from shared.events.envelope import Event
from shared.eventstore.context import CommandContext
from shared.eventstore.store import Written
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id


class Procedure:
    """The commands; each answers after it is durable."""

    def __init__(self, cases: Cases, ids: Callable[[], UUID] = new_id) -> None:
        """Stand on the record of cases."""
        self.store = cases.store
        self._cases = cases
        self._ids = ids

    async def attempt_contact(
        self, *, context: CommandContext, case_id: UUID, command: attempts.AttemptContact
    ) -> Written:
        """Record an attempt to reach the complainant."""
        return await self._cases.change(context, case_id, lambda _, case: attempts.attempt_contact(case, command))

    async def request_consent(
        self, *, context: CommandContext, case_id: UUID, command: asking.RequestConsent
    ) -> Written:
        """Ask for a consent."""
        recipient = disclosure.recipient_id(command.recipient)

        def decide(unit: UnitOfWork, case: Case) -> Sequence[Event]:
            known = streams.organisation(unit, recipient, context.tenant) is not None
            return asking.request_consent(case, command, recipient_known=known)

        return await self._cases.change(context, case_id, decide)

    async def decline_consent(
        self, *, context: CommandContext, case_id: UUID, command: asking.DeclineConsent
    ) -> Written:
        """Take down a no."""
        return await self._cases.change(context, case_id, lambda _, case: asking.decline_consent(case, command))

    async def investigate(
        self, *, context: CommandContext, case_id: UUID, command: investigating.OpenInvestigation
    ) -> Written:
        """Have the facts looked into."""
        investigation_id = self._ids()

        def decide(unit: UnitOfWork, case: Case) -> Sequence[Event]:
            known = streams.organisation(unit, command.organisation_id, context.tenant) is not None
            return investigating.open_investigation(
                case, command, at=context.true_at, investigation_id=investigation_id, organisation_known=known
            )

        return await self._cases.change(context, case_id, decide)

    async def report_investigation(
        self, *, context: CommandContext, case_id: UUID, command: investigating.ReportInvestigation
    ) -> Written:
        """Take down what was found."""
        return await self._cases.change(
            context, case_id, lambda _, case: investigating.report_investigation(case, command)
        )

    async def monitor(self, *, context: CommandContext, case_id: UUID, command: investigating.Monitor) -> Written:
        """Follow a case whose promises were kept."""
        return await self._cases.change(context, case_id, lambda _, case: investigating.monitor(case, command))

    async def check_withdrawal(
        self, *, context: CommandContext, case_id: UUID, command: appeals.CheckWithdrawal
    ) -> Written:
        """Take down whether the complainant gives up of their own will."""
        by, policy = context.actor.id, self._cases.policy
        return await self._cases.change(
            context, case_id, lambda _, case: appeals.check_withdrawal(case, command, by=by, policy=policy)
        )

    async def appeal(self, *, context: CommandContext, case_id: UUID, command: appeals.FileAppeal) -> Written:
        """Contest how a case ended."""
        appeal_id, at = self._ids(), context.true_at

        def decide(_: UnitOfWork, case: Case) -> Sequence[Event]:
            policy = self._cases.policy_of(case, context)
            return appeals.file_appeal(case, command, at=at, appeal_id=appeal_id, policy=policy)

        return await self._cases.change(context, case_id, decide)

    async def decide_appeal(self, *, context: CommandContext, case_id: UUID, command: appeals.DecideAppeal) -> Written:
        """Decide on an appeal."""
        by = context.actor.id
        return await self._cases.change(context, case_id, lambda _, case: appeals.decide_appeal(case, command, by=by))
