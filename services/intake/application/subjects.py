"""What can be done about a person as a whole: erase them, hold what is kept, correct it."""

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec.structs import replace

from services.intake.application.index import LAST_REPORT, OPEN_REPORT, TENANT
from services.intake.domain import subjects as domain
from services.intake.domain.subjects import Subject, subject_stream
from shared.errors import NotFoundError
from shared.events.envelope import Event, Recorded
from shared.events.intake import FactRedacted, ReportRetired, SubjectErased
from shared.events.privacy import ErasureReason
from shared.eventstore.context import CommandContext
from shared.eventstore.decider import Decider
from shared.eventstore.store import EventStore, Written
from shared.eventstore.work import UnitOfWork
from shared.vault.proof import Signer
from shared.vault.vault import Vault

SUBJECT: Decider[Subject] = Decider("person", domain.evolve)


class Subjects:
    """Erases by destroying keys: what they sealed is unreadable at once in every copy, and the record stays whole."""

    def __init__(self, store: EventStore, vault: Vault, signer: Signer) -> None:
        """Take the record, the vault, and the key that signs proofs."""
        self._store = store
        self._vault = vault
        self._signer = signer

    async def erase(self, *, subject: UUID, reason: ErasureReason, context: CommandContext) -> dict[str, object]:
        """Destroy the keys of a person and return the signed proof; done again, it answers as the first time."""
        await self._store.write(context, lambda unit: self._erase(unit, subject, reason, context))
        return await self.proof(subject=subject)

    async def proof(self, *, subject: UUID, tenant: str | None = None) -> dict[str, object]:
        """Return the signed proof that the data of a person was erased; with a tenant, of one of theirs only."""
        facts = await self._store.stream(subject_stream(subject))
        own = (one for one in facts if tenant in {None, one.envelope.tenant})
        fact = next((one for one in own if isinstance(one.event, SubjectErased)), None)
        if fact is None:
            raise NotFoundError(f"Nothing was erased under the pseudonym {subject}.")
        return self._signer.signed(_proof(subject, fact))

    async def hold(self, *, subject: UUID, order: str, context: CommandContext) -> Written:
        """Keep what is on record about a person."""
        return await self._change(subject, context, lambda state: domain.hold(state, order))

    async def lift_hold(self, *, subject: UUID, order: str, context: CommandContext) -> Written:
        """End a hold; an erasure that waited for it is carried out."""

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            self._known(unit, subject, context)
            lifted = self._append(unit, subject, context, lambda state: domain.lift(state, order))
            state = SUBJECT.fold(unit.read(subject_stream(subject)))
            if state is not None and domain.is_due(state, _last_report(unit, subject)):
                self.end(unit, subject, context)
            return lifted

        return await self._store.write(context, work)

    async def correct(self, *, subject: UUID, about: str, text: str, context: CommandContext) -> Written:
        """Take down what a person says is otherwise."""
        return await self._change(subject, context, lambda state: domain.correct(state, about, text))

    async def retire(self, *, subject: UUID, reports: Sequence[UUID], context: CommandContext) -> None:
        """Say that the dismissed reports of a person were kept long enough, and erase the person."""

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            told = [fact for report_id in reports for fact in self.retire_report(unit, report_id, subject, context)]
            self.end(unit, subject, context)
            return told

        if reports:
            await self._store.write(context, work)

    def retire_report(
        self, unit: UnitOfWork, report_id: UUID, subject: UUID, context: CommandContext
    ) -> Sequence[Recorded]:
        """Say that a report was kept long enough."""
        facts = unit.read(report_id)
        tenant = facts[0].envelope.tenant if facts else context.tenant
        own = replace(context, subject=subject, tenant=tenant)
        return unit.append(report_id, len(facts), [ReportRetired()], own)

    async def redacted(self, *, subject: UUID, fact: FactRedacted, context: CommandContext) -> Written:
        """Put on record that a fact was redacted; the same again says nothing new."""

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            known = [one for one in unit.read(subject_stream(subject)) if one.event == fact]
            return known or self._append(unit, subject, context, lambda _state: [fact])

        return await self._store.write(context, work)

    def end(self, unit: UnitOfWork, subject: UUID, context: CommandContext) -> None:
        """Erase a person whose time is over, or put on record what holds it back."""
        state = SUBJECT.fold(unit.read(subject_stream(subject))) or Subject()
        last = _last_report(unit, subject)
        if state.held_by:
            self._append(unit, subject, context, lambda one: domain.postpone(one, "legal-hold", last))
        elif unit.lookup(OPEN_REPORT, subject.hex) is not None:
            self._append(unit, subject, context, lambda one: domain.postpone(one, "open-report", last))
        else:
            self._erase(unit, subject, "retention", context)

    def _erase(
        self, unit: UnitOfWork, subject: UUID, reason: ErasureReason, context: CommandContext
    ) -> Sequence[Recorded]:
        self._known(unit, subject, context)
        facts = unit.read(subject_stream(subject))
        state = SUBJECT.fold(facts) or Subject()
        if state.erased:
            return facts[-1:]
        domain.may_erase(state)
        # The keys go first: a crash before the fact is repeated from the tombstone, a fact without it would be a lie.
        gone = self._vault.erase(subject, at=context.now, reason=reason)
        keys = [f"{row.subject}/{row.version}/{row.kek}" for row in gone]
        return self._append(unit, subject, context, lambda _state: domain.erased(reason, keys))

    async def _change(
        self, subject: UUID, context: CommandContext, decide: Callable[[Subject], Sequence[Event]]
    ) -> Written:
        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            self._known(unit, subject, context)
            return self._append(unit, subject, context, decide)

        return await self._store.write(context, work)

    def _append(
        self, unit: UnitOfWork, subject: UUID, context: CommandContext, decide: Callable[[Subject], Sequence[Event]]
    ) -> Sequence[Recorded]:
        facts = unit.read(subject_stream(subject))
        events = decide(SUBJECT.fold(facts) or Subject())
        if not events:
            return facts[-1:]
        own = replace(context, subject=subject, tenant=_tenant(unit, subject) or context.tenant)
        return unit.append(subject_stream(subject), len(facts), events, own)

    def _known(self, unit: UnitOfWork, subject: UUID, context: CommandContext) -> None:
        foreign = context.caller is not None and _tenant(unit, subject) not in {None, context.tenant}
        if foreign or not self._vault.knows(subject):
            raise NotFoundError(f"Nothing is kept under the pseudonym {subject}.")


def _tenant(unit: UnitOfWork, subject: UUID) -> str | None:
    """Return whose a person is; None for one that intake has never heard of."""
    facts = unit.read(subject_stream(subject))
    return facts[0].envelope.tenant if facts else unit.lookup(TENANT, subject.hex)


def _last_report(unit: UnitOfWork, subject: UUID) -> UUID | None:
    known = unit.lookup(LAST_REPORT, subject.hex)
    return UUID(known) if known else None


def _proof(subject: UUID, fact: Recorded) -> dict[str, object]:
    head = fact.envelope
    done = fact.event
    return {
        "document": "redress proof of erasure, version 1",
        "subject": str(subject),
        "erased_at": head.recorded_at.isoformat(),
        "reason": done.reason if isinstance(done, SubjectErased) else None,
        "by": {"id": head.actor.id, "role": head.actor.role},
        "keys": list(done.keys) if isinstance(done, SubjectErased) else [],
        "fact": {"event_id": str(head.event_id), "stream_id": str(head.stream_id), "version": head.stream_version},
        "means": "The data keys named here were destroyed. What they sealed - names, addresses and words of this "
        "person, in the record, views, messages between services and their back-ups - cannot be read any more. "
        "A back-up of the vault made before can bring keys back until it expires.",
    }
