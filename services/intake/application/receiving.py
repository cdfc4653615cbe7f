"""Messages taken in, filed into reports, and reports decided on: one method per command."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from services.intake import domain
from services.intake.application.index import OPEN_REPORT, RECEIPT
from services.intake.application.merging import Merging
from services.intake.application.patience import within_patience
from services.intake.application.preparing import Preparing
from services.intake.application.spool import Spool
from services.intake.application.subjects import Subjects
from services.intake.application.turnstile import Turnstile
from services.intake.domain import Accept, DismissReason, Report
from shared.errors import NotFoundError, TryLaterError
from shared.events.envelope import Event, Recorded
from shared.events.intake import (
    MessageFiled,
    MessageReceived,
    ReportMessageAdded,
)
from shared.eventstore.context import CommandContext
from shared.eventstore.decider import Decider
from shared.eventstore.store import EventStore, Written
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id
from shared.policy import Policy, default_policy
from shared.vault.vault import Vault

LONG = 50_000
"""Signs of a text that takes so long to read that others would wait for it."""

REPORTS: Decider[Report] = Decider("report", domain.evolve)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is on the record: its id, the sender's receipt, its place; and whether it was there before."""

    message_id: UUID
    receipt: str
    position: int
    repeated: bool


class Intake:
    """The write side of intake."""

    def __init__(
        self,
        store: EventStore,
        secret: bytes,
        vault: Vault,
        subjects: Subjects,
        policy: Policy | None = None,
        *,
        preparing: Preparing | None = None,
        spool: Spool | None = None,
        by_themselves: frozenset[str] = frozenset(),
        turnstile: Turnstile | None = None,
    ) -> None:
        """`secret` makes receipts and the ids of messages; `vault` knows which pseudonym stands for which sender.

        `preparing` reads messages before they are sealed; without it they are taken as they came. `spool` keeps them
        while the record cannot be written; without it senders are asked to try again. `by_themselves` are
        `CHANNEL/ACCOUNT`s whose complete structured reports become cases without a person; `turnstile` slows
        down who floods.
        """
        self._spool = spool
        self._preparing = preparing
        self._store = store
        self._secret = secret
        self._vault = vault
        self._policy = policy or default_policy()
        self.subjects = subjects
        self._merging = Merging(store, REPORTS)
        self._by_themselves = by_themselves
        self._turnstile = turnstile

    async def receive(self, *, message: MessageReceived, context: CommandContext) -> Taken:
        """Put a message on the record, once; a redelivery answers as the first time.

        While the record cannot be written, or takes longer than `PATIENCE`, the message waits in the spool. As long as
        others wait there it waits behind them, so that what one person says keeps its order.
        """
        domain.demand_channel(context.caller, message.channel)
        message = await self._prepared(message)
        if self._turnstile is not None:
            await self._turnstile.hold(context.tenant, message)
        if self._spool is None:
            return await self.store(message, context)
        if not self._spool.size:
            stored = await within_patience(self.store(message, context))
            if stored is not None:
                return stored
        try:
            await asyncio.to_thread(self._spool.put, message, context)
        except OSError:
            raise TryLaterError("The record and the spool cannot be written now; nothing was stored.") from None
        identity = self._identity(message, context)
        return Taken(identity, self.receipt(identity), position=0, repeated=False)

    def _identity(self, message: MessageReceived, context: CommandContext) -> UUID:
        keyed = self._keyed(message.external_id)
        return domain.message_id(context.tenant, message.channel, message.account, keyed)

    async def store(self, message: MessageReceived, context: CommandContext) -> Taken:
        """Put a prepared message on the record, or raise a `TryLaterError`."""
        identity = self._identity(message, context)
        repeated = False

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            nonlocal repeated
            repeated = unit.version(identity) > 0
            if repeated:
                return unit.read(identity)[:1]
            known = self.writer(message.channel, message.account, message.sender, context.tenant)
            writer = context.subject or known
            return unit.append(identity, 0, [message], replace(context, subject=writer))

        written = await self._store.write(context, work)
        return Taken(identity, self.receipt(identity), written.position, repeated or written.repeated)

    async def accept(self, *, report_id: UUID, command: Accept, context: CommandContext) -> Written:
        """Make a case of a report."""
        return await self._change(context, report_id, lambda report: domain.accept(report, command))

    async def dismiss(
        self, *, report_id: UUID, reason: DismissReason, detail: str | None, context: CommandContext
    ) -> Written:
        """Decide that a report becomes no case."""
        return await self._change(context, report_id, lambda report: domain.dismiss(report, reason, detail))

    async def link(self, *, report_id: UUID, case_id: UUID, context: CommandContext) -> Written:
        """Add a report to a case that exists."""
        return await self._change(context, report_id, lambda report: domain.link(report, case_id))

    def file(self, unit: UnitOfWork, received: Recorded, context: CommandContext) -> None:
        """Put a received message into its sender's open report, or open one; a repeat changes nothing."""
        message = received.event
        identity = received.envelope.stream_id
        if not isinstance(message, MessageReceived):
            raise TypeError("only a received message is filed")
        if unit.version(identity) != received.envelope.stream_version:
            return
        subject = received.envelope.subject
        sender_key = subject.hex if subject is not None and message.sender is not None else None
        report_id = self._go_on(unit, identity, message, context)
        report_id = report_id or self._join(unit, sender_key, identity, message, context)
        if report_id is None:
            report_id = derived_id("report", str(identity))
            opened = [domain.opening(identity, message, sender_key), *domain.suggested(None, identity, message)]
            unit.append(report_id, 0, opened, context)
            if f"{message.channel}/{message.account}" in self._by_themselves and domain.speaks_for_itself(message):
                REPORTS.change(unit, report_id, context, lambda report: domain.accept(report, Accept()))
        unit.append(identity, 1, [MessageFiled(report_id=report_id)], context)

    def receipt(self, identity: UUID) -> str:
        """Return the sender's receipt."""
        return domain.receipt_of(self._secret, identity)

    def keyed(self, external_id: str) -> str:
        """Return what stands for a provider's id wherever it is not sealed."""
        return self._keyed(external_id)

    def message_id(self, tenant: str, channel: str, account: str, external_id: str) -> UUID:
        """Return the id of a message that a provider speaks of."""
        return domain.message_id(tenant, channel, account, self._keyed(external_id))

    async def message_of(self, receipt: str) -> Recorded | None:
        """Return the message that a receipt was given for."""
        message = await self._store.lookup(RECEIPT, domain.receipt_key(receipt))
        facts = await self._store.stream(UUID(message)) if message else ()
        return facts[0] if facts else None

    async def person_of(self, receipt: str) -> UUID | None:
        """Return the pseudonym of who holds a receipt."""
        message = await self.message_of(receipt)
        return message.envelope.subject if message else None

    async def reply(self, *, report_id: UUID, text: str, language: str | None, context: CommandContext) -> Written:
        """Write to who sent a report."""
        return await self._change(context, report_id, lambda _report: domain.reply(text, language))

    async def correct(self, *, subject: UUID, about: str, text: str, context: CommandContext) -> Written:
        """Take down what a person says is otherwise."""
        return await self.subjects.correct(subject=subject, about=about, text=text, context=context)

    async def merge(self, *, report_id: UUID, into: UUID, context: CommandContext) -> Written:
        """Let another report speak for this one, too."""
        return await self._merging.merge(
            report_id=report_id, into=into, context=context, admit=self._admitting(context)
        )

    async def split(self, *, report_id: UUID, context: CommandContext) -> Written:
        """Undo a merging."""
        return await self._merging.split(report_id=report_id, context=context, admit=self._admitting(context))

    async def reopen(self, *, report_id: UUID, context: CommandContext) -> Written:
        """Undo a dismissal."""
        return await self._change(context, report_id, domain.reopen)

    def _admitting(self, context: CommandContext) -> Callable[[Report], None]:
        def admit(report: Report) -> None:
            if context.caller is not None and not domain.is_within_reach(report, context.caller, self._policy):
                raise NotFoundError(f"There is no report with the id {report.report_id}.")

        return admit

    async def _change(
        self, context: CommandContext, report_id: UUID, decide: Callable[[Report], Sequence[Event]]
    ) -> Written:
        admit = self._admitting(context)
        return await self._store.write(context, lambda unit: REPORTS.change(unit, report_id, context, decide, admit))

    async def _prepared(self, message: MessageReceived) -> MessageReceived:
        if self._preparing is None:
            return message
        is_quick = message.language is not None or self._preparing.is_quick
        if not is_quick or len(message.text) > LONG:
            return await asyncio.to_thread(self._preparing.prepared, message)
        return self._preparing.prepared(message)

    def writer(self, channel: str, account: str, sender: str | None, tenant: str) -> UUID | None:
        """Return the pseudonym of a sender, as a channel knows them."""
        return None if sender is None else self._vault.subject_of(tenant, channel, account, sender)

    def _keyed(self, external_id: str) -> str:
        # Some providers write the telephone number into their ids: who has the log alone must not find it by trying.
        return hmac.new(self._secret, b"external\x1f" + external_id.encode(), hashlib.sha256).hexdigest()

    def _go_on(
        self, unit: UnitOfWork, identity: UUID, message: MessageReceived, context: CommandContext
    ) -> UUID | None:
        """Put what was sent with a receipt into the report of the first message."""
        begun = unit.read(message.continues) if message.continues else ()
        report_id = next((fact.event.report_id for fact in begun if isinstance(fact.event, MessageFiled)), None)
        facts = unit.read(report_id) if report_id else ()
        report = REPORTS.fold(facts)
        if report is not None and report.merged_into is not None:
            facts = unit.read(report.merged_into)
            report = REPORTS.fold(facts)
        if report is None:
            return None
        open_one = unit.lookup(OPEN_REPORT, report.sender_key) if report.sender_key else None
        if report.state == "dismissed" and open_one is not None:
            return self._join(unit, report.sender_key, identity, message, context)
        told = [*domain.continued(report, identity, message), *domain.suggested(report, identity, message)]
        unit.append(report.report_id, len(facts), told, context)
        return report.report_id

    def _join(
        self,
        unit: UnitOfWork,
        sender_key: str | None,
        identity: UUID,
        message: MessageReceived,
        context: CommandContext,
    ) -> UUID | None:
        known = unit.lookup(OPEN_REPORT, sender_key) if sender_key else None
        if known is None:
            return None
        report_id = UUID(known)
        facts = unit.read(report_id)
        added = ReportMessageAdded(message_id=identity, grievance=message.grievance)
        told = [added, *domain.suggested(REPORTS.fold(facts), identity, message)]
        unit.append(report_id, len(facts), told, context)
        return report_id
