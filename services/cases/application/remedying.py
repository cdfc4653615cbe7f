"""What is done to remedies beyond the plan."""

from uuid import UUID

from services.cases.application.service import Cases
from services.cases.domain import lasting
from shared.eventstore.context import CommandContext
from shared.eventstore.store import Written


class Remedying:
    """The commands; each answers after it is durable."""

    def __init__(self, cases: Cases) -> None:
        """Stand on the record of cases."""
        self.store = cases.store
        self._change = cases.change
        self._policy = cases.policy

    async def share(self, *, context: CommandContext, case_id: UUID, command: lasting.ShareItem) -> Written:
        """Say how much each worker is due."""
        return await self._change(context, case_id, lambda _, case: lasting.share(case, command, policy=self._policy))

    async def pay(self, *, context: CommandContext, case_id: UUID, command: lasting.PayWorker) -> Written:
        """Report a payment to one worker."""
        return await self._change(context, case_id, lambda _, case: lasting.pay(case, command, policy=self._policy))

    async def count(self, *, context: CommandContext, case_id: UUID, command: lasting.CountItem) -> Written:
        """Say how many units are done."""
        return await self._change(context, case_id, lambda _, case: lasting.count(case, command, policy=self._policy))

    async def recheck(self, *, context: CommandContext, case_id: UUID, command: lasting.RecheckItem) -> Written:
        """Say whether a remedy lasted."""
        return await self._change(context, case_id, lambda _, case: lasting.recheck(case, command, policy=self._policy))
