"""Everything that may be done to organisations, their reviews, and the fees that workers paid to be recruited."""

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec.structs import replace

from services.cases.application import streams
from services.cases.application.index import organisation_is_new
from services.cases.application.service import Cases
from services.cases.domain import parties, reaching
from services.cases.domain.organisations import Organisation
from services.cases.domain.state import Case
from shared.errors import NotFoundError
from shared.events import parties as told
from shared.events.envelope import Event, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.decider import Decider
from shared.eventstore.store import Written
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id, new_id
from shared.vault.vault import Vault

REVIEW: Decider[parties.Review] = Decider("review", parties.evolve_review)

Decide = Callable[[UnitOfWork, Organisation], Sequence[Event]]


class Parties:
    """The commands on organisations; each answers after it is durable."""

    def __init__(self, cases: Cases, vault: Vault, ids: Callable[[], UUID] = new_id) -> None:
        """Stand on the record of cases; `vault` knows which pseudonym stands for which reviewer."""
        self.store = cases.store
        self._cases = cases
        self._vault = vault
        self._ids = ids

    async def rename(self, *, context: CommandContext, organisation_id: UUID, command: parties.Rename) -> Written:
        """Give it a new name that no other organisation of its kind and country bears."""

        def decide(unit: UnitOfWork, known: Organisation) -> Sequence[Event]:
            events = parties.rename(known, command)
            for event in events:
                if isinstance(event, told.OrganisationRenamed):
                    organisation_is_new(unit, event, context.tenant, but=organisation_id)
            return events

        return await self._change(context, organisation_id, decide)

    async def merge(self, *, context: CommandContext, organisation_id: UUID, command: parties.Merge) -> Written:
        """Put a duplicate under its survivor."""

        def decide(unit: UnitOfWork, known: Organisation) -> Sequence[Event]:
            survivor = streams.organisation(unit, command.survivor_id, context.tenant)
            return parties.merge(known, command, survivor=survivor)

        return await self._change(context, organisation_id, decide)

    async def unmerge(self, *, context: CommandContext, organisation_id: UUID, command: parties.Unmerge) -> Written:
        """Part it from its survivor again."""
        return await self._change(context, organisation_id, lambda _, known: parties.unmerge(known, command))

    async def relate(self, *, context: CommandContext, organisation_id: UUID, command: parties.Relate) -> Written:
        """Record what it does for another."""

        def decide(unit: UnitOfWork, known: Organisation) -> Sequence[Event]:
            other = streams.organisation(unit, command.organisation_id, context.tenant)
            return parties.relate(known, command, other=other)

        return await self._change(context, organisation_id, decide)

    async def end_relation(
        self, *, context: CommandContext, organisation_id: UUID, command: parties.EndRelation
    ) -> Written:
        """Record that it no longer does."""
        return await self._change(context, organisation_id, lambda _, known: parties.end_relation(known, command))

    async def add_site(self, *, context: CommandContext, organisation_id: UUID, command: parties.AddSite) -> Written:
        """Make a site known under a fresh id."""
        site_id = self._ids()
        return await self._change(
            context, organisation_id, lambda _, known: parties.add_site(known, command, site_id=site_id)
        )

    async def count_heads(
        self, *, context: CommandContext, organisation_id: UUID, command: parties.CountHeads
    ) -> Written:
        """Record how many workers a site has."""
        today = context.now.date()
        return await self._change(
            context, organisation_id, lambda _, known: parties.count_heads(known, command, today=today)
        )

    async def report_fee(self, *, context: CommandContext, case_id: UUID, command: parties.ReportFee) -> Written:
        """Record what workers of a case paid to be recruited."""
        fee_id, today = self._ids(), context.now.date()

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            recruiter = streams.organisation(unit, command.recruiter_id, context.tenant)
            return streams.change_case(
                unit,
                case_id,
                context,
                lambda case: parties.report_fee(case, command, fee_id=fee_id, recruiter=recruiter, today=today),
                admit,
            )

        def admit(case: Case) -> None:
            reaching.demand_reach(case, context.caller, self._cases.policy)

        return await self.store.write(context, work)

    async def review(
        self, *, context: CommandContext, organisation_id: UUID, command: parties.ReviewOrganisation
    ) -> Written:
        """Take in a review; one worker has one of an organisation, whatever they say again."""
        about = context
        review_id = self._ids()
        if command.reviewer:
            subject = self._vault.subject_of("review", context.tenant, command.channel, command.reviewer)
            about = replace(context, subject=subject)
            review_id = derived_id("review", context.tenant, organisation_id.hex, subject.hex)

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            if streams.organisation(unit, organisation_id, context.tenant) is None:
                raise NotFoundError(f"There is no organisation with the id {organisation_id}.")
            return unit.append(review_id, unit.version(review_id), parties.review(command, organisation_id), about)

        return await self.store.write(context, work)

    async def moderate(
        self, *, context: CommandContext, review_id: UUID, command: parties.ApproveReview | parties.RejectReview
    ) -> Written:
        """Decide whether a review counts."""
        by = context.actor.id

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            first = next(iter(unit.read(review_id)), None)
            if first is None or first.envelope.stream != told.REVIEW:
                raise NotFoundError(f"There is no review with the id {review_id}.")
            return REVIEW.change(unit, review_id, context, lambda known: parties.moderate(known, command, by=by))

        return await self.store.write(context, work)

    async def _change(self, context: CommandContext, organisation_id: UUID, decide: Decide) -> Written:
        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            first = next(iter(unit.read(organisation_id)), None)
            if first is None or first.envelope.stream != told.OrganisationEvent.STREAM:
                raise NotFoundError(f"There is no organisation with the id {organisation_id}.")
            return streams.ORGANISATION.change(unit, organisation_id, context, lambda known: decide(unit, known))

        return await self.store.write(context, work)
