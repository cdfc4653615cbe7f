"""Everything that may be done to cases and organisations."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.cases.application import streams
from services.cases.application.importing import import_record
from services.cases.application.index import free_number, number_is_free, organisation_is_new
from services.cases.application.numbering import case_number
from services.cases.domain import (
    answering,
    closing,
    commands,
    contacting,
    disclosure,
    handling,
    lasting,
    opening,
    organisations,
    reaching,
    remedies,
    retaliation,
    tasks,
)
from services.cases.domain.state import Case
from shared.clock import Clock, system_clock
from shared.errors import ForbiddenError
from shared.events.envelope import Actor, Event, Recorded
from shared.events.intake import ReportAccepted
from shared.events.safety import CodeWordTried
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore, Written
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id
from shared.legacy import LegacyRecord
from shared.policy import Packs, Policy
from shared.rights import Role
from shared.vault.sealing import opened, place_of
from shared.vault.vault import Vault

IMPORTER = Actor("system:import", "admin")

Decide = Callable[[UnitOfWork, Case], Sequence[Event]]


def _with_recheck(verified: Sequence[Event], at: datetime, policy: Policy) -> Sequence[Event]:
    return [*verified, *lasting.recheck_after(verified, at=at, policy=policy)]


class Cases:
    """The commands of this service. Each answers after it is durable, or refuses and changes nothing."""

    def __init__(
        self,
        store: EventStore,
        *,
        clock: Clock = system_clock,
        ids: Callable[[], UUID] = new_id,
        packs: Packs | None = None,
        vault: Vault | None = None,
    ) -> None:
        """Stand on a store opened with this service's index; `vault` opens what the store has sealed."""
        self.store = store
        self.packs = packs or Packs()
        self.policy = self.packs.usual
        self._clock = clock
        self._ids = ids
        self._vault = vault

    async def open(self, *, context: CommandContext, command: commands.OpenCase) -> Written:
        """Open a case under a fresh id."""
        case_id = self._ids()

        policy = self.packs.chosen(context.tenant, command.country)

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            number = number_is_free(unit, case_number(case_id))
            events = opening.open_case(command, number=number, at=context.true_at, policy=policy)
            return streams.opened(unit, case_id, events, context, policy)

        return await self.store.write(context, work)

    def open_accepted(
        self, unit: UnitOfWork, report: ReportAccepted, context: CommandContext, report_id: UUID
    ) -> Sequence[Recorded]:
        """Open the case of an accepted report in the transaction that hears of it; a repeat changes nothing."""
        case_id = report.case_id
        if unit.read(case_id):
            return ()
        number = free_number(unit, case_id)
        policy = self.packs.chosen(context.tenant, report.grievance.country)
        events = opening.open_accepted(report, report_id=report_id, number=number, at=context.true_at, policy=policy)
        return streams.opened(unit, case_id, events, context, policy)

    async def acknowledge(self, *, context: CommandContext, case_id: UUID, command: commands.Acknowledge) -> Written:
        """Record the acknowledgement."""
        at = context.true_at
        return await self.change(
            context,
            case_id,
            lambda _, case: opening.acknowledge(case, command, at=at, policy=self.policy_of(case, context)),
        )

    async def safe_contact(
        self, *, context: CommandContext, case_id: UUID, command: commands.SetSafeContact
    ) -> Written:
        """Take down how it is safe to reach the complainant."""
        return await self.change(context, case_id, lambda _, case: contacting.set_safe_contact(case, command))

    async def try_code_word(
        self, *, context: CommandContext, case_id: UUID, command: commands.TryCodeWord
    ) -> tuple[Written, bool]:
        """Compare a word with the code word, and say whether it is the one."""
        written = await self.change(
            context, case_id, lambda _, case: contacting.try_code_word(self.with_the_person(case), command)
        )
        tried = (await self.store.stream(case_id))[written.version - 1].event
        return written, isinstance(tried, CodeWordTried) and tried.matched

    async def feedback(self, *, context: CommandContext, case_id: UUID, command: handling.GiveFeedback) -> Written:
        """Record feedback to the complainant."""
        return await self.change(context, case_id, lambda _, case: handling.give_feedback(case, command))

    async def hold(self, *, context: CommandContext, case_id: UUID, command: handling.Hold) -> Written:
        """Let the case rest."""
        at = context.true_at
        return await self.change(context, case_id, lambda _, case: handling.hold(case, command, at=at))

    async def release(self, *, context: CommandContext, case_id: UUID, command: handling.Release) -> Written:
        """Take the case up again."""
        return await self.change(context, case_id, lambda _, case: handling.release(case, command))

    async def triage(self, *, context: CommandContext, case_id: UUID, command: commands.TriageCase) -> Written:
        """Decide issues, severity, admissibility and safety."""
        at = context.true_at
        return await self.change(
            context, case_id, lambda _, case: opening.triage(case, command, at=at, policy=self.policy_of(case, context))
        )

    async def assign(self, *, context: CommandContext, case_id: UUID, command: commands.Assign) -> Written:
        """Make somebody the handler."""
        return await self.change(context, case_id, lambda _, case: opening.assign(case, command))

    async def note(self, *, context: CommandContext, case_id: UUID, command: commands.AddNote) -> Written:
        """Add a note."""
        return await self.change(context, case_id, lambda _, case: opening.note(case, command))

    async def record_satisfaction(
        self, *, context: CommandContext, case_id: UUID, command: commands.RecordSatisfaction
    ) -> Written:
        """Write down how content the complainant is."""
        by = context.actor.id
        return await self.change(context, case_id, lambda _, case: opening.record_satisfaction(case, command, by=by))

    async def task(self, *, context: CommandContext, case_id: UUID, command: tasks.AddTask) -> Written:
        """Have somebody do something."""
        task_id, at = self._ids(), context.true_at
        return await self.change(
            context, case_id, lambda _, case: tasks.add_task(case, command, task_id=task_id, at=at)
        )

    async def finish_task(self, *, context: CommandContext, case_id: UUID, command: tasks.FinishTask) -> Written:
        """Say that a task is done."""
        return await self.change(context, case_id, lambda _, case: tasks.finish_task(case, command))

    async def consent(self, *, context: CommandContext, case_id: UUID, command: commands.RecordConsent) -> Written:
        """Record a consent."""
        by, recipient = context.actor.id, disclosure.recipient_id(command.recipient)

        def decide(unit: UnitOfWork, case: Case) -> Sequence[Event]:
            known = streams.organisation(unit, recipient, context.tenant) is not None
            return disclosure.consent(case, command, by=by, recipient_known=known)

        return await self.change(context, case_id, decide)

    async def withdraw_consent(
        self, *, context: CommandContext, case_id: UUID, command: commands.WithdrawConsent
    ) -> Written:
        """Withdraw a consent."""
        return await self.change(context, case_id, lambda _, case: disclosure.withdraw_consent(case, command))

    async def name_respondent(
        self, *, context: CommandContext, case_id: UUID, command: commands.NameRespondent
    ) -> Written:
        """Name a respondent."""

        def decide(unit: UnitOfWork, case: Case) -> Sequence[Event]:
            found = streams.organisation(unit, command.organisation_id, context.tenant)
            return disclosure.name_respondent(case, command, organisation=found)

        return await self.change(context, case_id, decide)

    async def escalate(self, *, context: CommandContext, case_id: UUID, command: commands.Escalate) -> Written:
        """Put the case before a party."""
        escalation_id, link_id, at = self._ids(), self._ids(), context.true_at

        def decide(unit: UnitOfWork, case: Case) -> Sequence[Event]:
            found = streams.organisation(unit, command.organisation_id, context.tenant)
            escalated = disclosure.escalate(
                self.with_the_person(case),
                command,
                at=at,
                escalation_id=escalation_id,
                organisation=found,
                policy=self.policy_of(case, context),
            )
            link = answering.issued_with(escalated, link_id=link_id, at=context.now)
            return [
                *escalated,
                *link,
                *retaliation.watch_after(case, escalated, at=at, policy=self.policy_of(case, context)),
            ]

        return await self.change(context, case_id, decide)

    async def respond(self, *, context: CommandContext, case_id: UUID, command: commands.Respond) -> Written:
        """Record the answer of an escalated party."""
        speaker = context.caller
        if speaker and speaker.role is Role.PARTNER and speaker.organisation != str(command.organisation_id):
            raise ForbiddenError("A partner answers for their own organisation only.")
        return await self.change(context, case_id, lambda _, case: disclosure.respond(case, command))

    async def plan(self, *, context: CommandContext, case_id: UUID, command: commands.AgreePlan) -> Written:
        """Record a remedy plan."""
        ids, policy = self._ids, self.policy
        return await self.change(
            context, case_id, lambda _, case: remedies.agree_plan(case, command, new_id=ids, policy=policy)
        )

    async def complete_item(self, *, context: CommandContext, case_id: UUID, command: commands.CompleteItem) -> Written:
        """Record a report that a remedy was done or partly paid."""
        return await self.change(
            context, case_id, lambda _, case: remedies.complete_item(case, command, policy=self.policy)
        )

    async def verify_item(self, *, context: CommandContext, case_id: UUID, command: commands.VerifyItem) -> Written:
        """Record the worker's word on a remedy."""
        by, policy = context.actor.id, self.policy
        return await self.change(
            context,
            case_id,
            lambda _, case: _with_recheck(
                remedies.verify_item(case, command, by=by, policy=policy),
                context.true_at,
                self.policy_of(case, context),
            ),
        )

    async def close(self, *, context: CommandContext, case_id: UUID, command: commands.CloseCase) -> Written:
        """End the case."""
        by, policy = context.actor.id, self.policy

        def decide(unit: UnitOfWork, case: Case) -> Sequence[Event]:
            survivor = streams.case(unit, command.surviving_case_id, context.tenant)
            known = survivor is not None and self._reaches(survivor, context)
            return closing.close(case, command, by=by, survivor_known=known, policy=policy)

        return await self.change(context, case_id, decide)

    async def reopen(self, *, context: CommandContext, case_id: UUID, command: commands.ReopenCase) -> Written:
        """Take the case up again."""
        return await self.change(context, case_id, lambda _, case: closing.reopen(case, command))

    async def retire(self, *, context: CommandContext, case_id: UUID) -> Written:
        """Say that a case was kept long enough."""
        at, policy = context.true_at, self.policy

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            own = streams.in_its_tenant(unit, case_id, context)
            return streams.change_case(
                unit, case_id, own, lambda case: closing.retire(case, at=at, policy=policy), lambda _case: None
            )

        return await self.store.write(context, work)

    async def declare_conflict(
        self, *, context: CommandContext, case_id: UUID, command: commands.DeclareConflict
    ) -> Written:
        """Keep somebody out of the case; an operator themselves only, so that nobody locks a colleague out."""
        teller = context.caller
        if teller and teller.role is Role.OPERATOR and teller.id != command.handler:
            raise ForbiddenError("An operator declares their own conflict of interest; a supervisor anybody's.")
        return await self.change(context, case_id, lambda _, case: reaching.declare_conflict(case, command))

    async def lift_conflict(self, *, context: CommandContext, case_id: UUID, command: commands.LiftConflict) -> Written:
        """Let somebody in again."""
        by = context.actor.id
        return await self.change(context, case_id, lambda _, case: reaching.lift_conflict(case, command, by=by))

    async def break_glass(self, *, context: CommandContext, case_id: UUID, reason: str) -> None:
        """Put on record that a case out of reach is read; for one within reach, nothing needs to be said."""

        def decide(case: Case) -> Sequence[Event]:
            return () if self._reaches(case, context) else reaching.break_glass(case, reason)

        await self.store.write(
            context, lambda unit: streams.change_case(unit, case_id, context, decide, lambda _case: None)
        )

    async def register_organisation(
        self, *, context: CommandContext, command: commands.RegisterOrganisation
    ) -> Written:
        """Register an organisation that is not yet known."""
        organisation_id = self._ids()

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            registered = organisations.register(command)
            organisation_is_new(unit, registered, context.tenant)
            return unit.append(organisation_id, 0, [registered], context)

        return await self.store.write(context, work)

    async def import_batch(self, records: Sequence[LegacyRecord]) -> Sequence[bool]:
        """Take over legacy records, all in one transaction; per record, False: it was there before."""
        context = CommandContext(actor=IMPORTER, now=self._clock(), correlation_id=self._ids())
        return await self.store.execute(lambda unit: [import_record(unit, record, context) for record in records])

    async def import_legacy(self, record: LegacyRecord) -> bool:
        """Take over one legacy record."""
        return (await self.import_batch([record]))[0]

    def policy_of(self, case: Case, context: CommandContext) -> Policy:
        """Return the pack by which duties of a case begin now."""
        buyers = {str(one.organisation_id) for one in case.respondents if one.role == "brand"}
        return self.packs.chosen(context.tenant, case.opening.country, buyers)

    def with_the_person(self, case: Case) -> Case:
        """Open who complained, for the one decision that must know it."""
        if self._vault is None:
            return case
        opening = opened(self._vault, case.opening, place_of({case.subject}, case.case_id, 1))
        change = case.contact_change
        if change is not None:
            place = place_of({case.subject}, case.case_id, change.version)
            change = replace(change, said=opened(self._vault, change.said, place))
        return replace(case, opening=opening, contact_change=change)

    async def change(self, context: CommandContext, case_id: UUID, decide: Decide) -> Written:
        """Write what is decided on a case within the caller's reach, with its clocks."""
        return await self.store.write(
            context,
            lambda unit: streams.change_case(
                unit,
                case_id,
                context,
                lambda case: decide(unit, case),
                lambda case: reaching.demand_reach(case, context.caller, self.policy),
                policy=lambda case: self.policy_of(case, context),
            ),
        )

    def _reaches(self, case: Case, context: CommandContext) -> bool:
        return context.caller is None or reaching.is_within_reach(case, context.caller, self.policy)
