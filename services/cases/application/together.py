"""What is done to cases that belong together, and to protect the people in them."""

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec.structs import replace

from services.cases.application import streams
from services.cases.application.index import number_is_free
from services.cases.application.numbering import case_number
from services.cases.application.service import Cases
from services.cases.domain import reaching, retaliation, together
from services.cases.domain.state import Case
from shared.events.envelope import Event, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.store import Written
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id
from shared.vault.vault import Vault

Two = Callable[[UnitOfWork, Case], tuple[UUID, Sequence[Event], Sequence[Event]]]
"""From a case to the id of the other case, and what is said on the one and on the other."""


class Together:
    """The commands; each answers after it is durable."""

    def __init__(self, cases: Cases, vault: Vault, ids: Callable[[], UUID] = new_id) -> None:
        """Stand on the record of cases; `vault` knows which pseudonym stands for which worker."""
        self.store = cases.store
        self._cases = cases
        self._vault = vault
        self._ids = ids

    async def join(self, *, context: CommandContext, case_id: UUID, command: together.JoinWorker) -> Written:
        """Let a worker join; in whichever case, the same reference is the same worker."""
        member_id = self._vault.subject_of("member", context.tenant, " ".join(command.reference.casefold().split()))
        return await self._cases.change(
            context, case_id, lambda _, case: together.join(case, command, member_id=member_id)
        )

    async def leave(self, *, context: CommandContext, case_id: UUID, command: together.LeaveWorker) -> Written:
        """Let a worker go."""
        return await self._cases.change(context, case_id, lambda _, case: together.leave(case, command))

    async def count(self, *, context: CommandContext, case_id: UUID, command: together.CountGroup) -> Written:
        """Record how many workers are affected."""
        return await self._cases.change(context, case_id, lambda _, case: together.count(case, command))

    async def name_representative(
        self, *, context: CommandContext, case_id: UUID, command: together.NameRepresentative
    ) -> Written:
        """Say who speaks for the workers."""

        def decide(unit: UnitOfWork, case: Case) -> Sequence[Event]:
            known = streams.organisation(unit, command.organisation_id, context.tenant) is not None
            return together.name_representative(case, command, organisation_known=known)

        return await self._cases.change(context, case_id, decide)

    async def link(self, *, context: CommandContext, case_id: UUID, command: together.LinkCase) -> Written:
        """Link two cases."""
        return await self._cases.change(
            context,
            case_id,
            lambda unit, case: together.link(case, command, other=self._reached(unit, command.other_id, context)),
        )

    async def unlink(self, *, context: CommandContext, case_id: UUID, command: together.UnlinkCase) -> Written:
        """Take a link back."""
        return await self._cases.change(context, case_id, lambda _, case: together.unlink(case, command))

    async def merge(self, *, context: CommandContext, case_id: UUID, command: together.MergeCase) -> Written:
        """Put a case under another, on which the work goes on; said on both in one transaction."""

        def decide(unit: UnitOfWork, case: Case) -> tuple[UUID, Sequence[Event], Sequence[Event]]:
            survivor = self._reached(unit, command.survivor_id, context)
            return command.survivor_id, *together.merge(case, command, survivor=survivor)

        return await self._change_two(context, case_id, decide)

    async def unmerge(self, *, context: CommandContext, case_id: UUID, command: together.UnmergeCase) -> Written:
        """Part it from its survivor again."""

        def decide(_unit: UnitOfWork, case: Case) -> tuple[UUID, Sequence[Event], Sequence[Event]]:
            here, there = together.unmerge(case, command)
            return case.crew.merged_into or case.case_id, here, there

        return await self._change_two(context, case_id, decide)

    async def split(self, *, context: CommandContext, case_id: UUID, command: together.SplitCase) -> Written:
        """Let a part of the workers go on with a new case; one transaction opens it."""
        other_id = self._ids()

        def decide(unit: UnitOfWork, case: Case) -> tuple[UUID, Sequence[Event], Sequence[Event]]:
            number = number_is_free(unit, case_number(other_id))
            policy = self._cases.policy_of(case, context)
            due = policy.due(policy.durations.acknowledge, context.true_at)
            return other_id, *together.split(case, command, other_id=other_id, number=number, acknowledge_by=due)

        return await self._change_two(context, case_id, decide)

    async def report_retaliation(
        self, *, context: CommandContext, case_id: UUID, command: retaliation.ReportRetaliation
    ) -> Written:
        """Put a reprisal on record; nothing more is disclosed."""
        policy = self._cases.policy
        return await self._cases.change(
            context, case_id, lambda _, case: retaliation.report(case, command, policy=policy)
        )

    async def check_retaliation(
        self, *, context: CommandContext, case_id: UUID, command: retaliation.CheckRetaliation
    ) -> Written:
        """Put on record that the workers were asked."""
        policy = self._cases.policy
        return await self._cases.change(
            context, case_id, lambda _, case: retaliation.check(case, command, policy=policy)
        )

    async def release_disclosure(
        self, *, context: CommandContext, case_id: UUID, command: retaliation.ReleaseDisclosure
    ) -> Written:
        """Let consents hold again that rested."""
        return await self._cases.change(context, case_id, lambda _, case: retaliation.release(case, command))

    async def _change_two(self, context: CommandContext, case_id: UUID, decide: Two) -> Written:
        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            beyond: list[tuple[UUID, Sequence[Event]]] = []

            def here(case: Case) -> Sequence[Event]:
                other_id, said, there = decide(unit, case)
                beyond.append((other_id, there))
                return said

            written = streams.change_case(unit, case_id, context, here, lambda case: self._admit(case, context))
            others = [self._say(unit, other_id, events, context) for other_id, events in beyond if events]
            return [*written, *(one for other in others for one in other)]

        return await self.store.write(context, work)

    def _say(
        self, unit: UnitOfWork, other_id: UUID, events: Sequence[Event], context: CommandContext
    ) -> Sequence[Recorded]:
        own = _of_other(unit, other_id, context)
        version = unit.version(other_id)
        if version == 0:
            return streams.opened(unit, other_id, events, own, self._cases.packs.chosen(context.tenant, None))
        return unit.append(other_id, version, events, own)

    def _admit(self, case: Case, context: CommandContext) -> None:
        reaching.demand_reach(case, context.caller, self._cases.policy)

    def _reached(self, unit: UnitOfWork, case_id: UUID, context: CommandContext) -> Case | None:
        case = streams.case(unit, case_id, context.tenant)
        if case is None:
            return None
        caller = context.caller
        within = caller is None or reaching.is_within_reach(case, caller, self._cases.policy)
        return case if within else None


def _of_other(unit: UnitOfWork, other_id: UUID, context: CommandContext) -> CommandContext:
    """Return the context in which the other case is written: its own person's, whose key seals it."""
    facts = unit.read(other_id)
    subject = facts[0].envelope.subject if facts else None
    return replace(context, subject=subject, expected_version=None)
