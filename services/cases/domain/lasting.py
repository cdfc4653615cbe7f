"""Remedies to the end: what each worker is due and gets, counts of units, and whether it lasted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.cases.domain.attempts import tried
from services.cases.domain.commands import Command
from services.cases.domain.gates import said, still_open
from services.cases.domain.money import well_formed
from services.cases.domain.remedies import promised
from services.cases.domain.state import Case, Item
from services.cases.domain.yields import of_item
from shared.errors import GateClosedError, InvalidError
from shared.events import cases as facts
from shared.events import remedying as told
from shared.events.envelope import Event
from shared.events.values import Money
from shared.policy import Policy


class ShareItem(Command, frozen=True, kw_only=True):
    """Say how much of an item each worker is due."""

    item_id: UUID
    shares: tuple[told.Share, ...]


class PayWorker(Command, frozen=True, kw_only=True):
    """Report that one worker got a payment of an item."""

    item_id: UUID
    member_id: UUID
    amount: Money
    evidence: str


class CountItem(Command, frozen=True, kw_only=True):
    """Say how many units of an item are done in all."""

    item_id: UUID
    unit: told.CountedUnit
    count: int


class RecheckItem(Command, frozen=True, kw_only=True):
    """Say whether a verified remedy lasted."""

    item_id: UUID
    outcome: told.RecheckOutcome
    statement: str | None = None


def share(case: Case, command: ShareItem, *, policy: Policy) -> Sequence[Event]:
    """Divide the assessed amount among workers who joined; no more than was assessed, nothing below what was paid."""
    still_open(case)
    item = promised(case, command.item_id)
    _worker_money(item, policy)
    known = of_item(case.yields, command.item_id)
    members = [one.member_id for one in command.shares]
    if not members or len(set(members)) < len(members) or not set(members) <= case.crew.members:
        raise InvalidError("'shares' names workers who joined the case, each once.", field="shares")
    for one in command.shares:
        well_formed(one.amount, "shares")
        if one.amount.currency != (item.currency or one.amount.currency):
            raise InvalidError(f"The item counts in {item.currency}.", field="shares")
        if one.amount.amount < known.got(one.member_id):
            raise InvalidError("A share is not less than what was paid of it already.", field="shares")
    due = sum((one.amount.amount for one in command.shares), Decimal())
    if item.promise.assessed is not None and due > item.promise.assessed.amount:
        raise InvalidError("The shares come to more than was assessed.", field="shares")
    return [] if known.shares == command.shares else [told.RemedyShared(item_id=command.item_id, shares=command.shares)]


def pay(case: Case, command: PayWorker, *, policy: Policy) -> Sequence[Event]:
    """Report a payment to one worker; the item is complete with the last payment that is due."""
    still_open(case)
    item = promised(case, command.item_id)
    _worker_money(item, policy)
    if item.status in {"completed", "verified"}:
        raise GateClosedError(
            "item-open",
            f"The item is already {item.status}.",
            opens="Plan a new item for more, or let the worker refute it.",
        )
    well_formed(command.amount, "amount")
    known = of_item(case.yields, command.item_id)
    due = known.share(command.member_id)
    if due is None:
        raise GateClosedError(
            "share-known", "Nothing is due to this worker of this item.", opens="Say with 'share-item' what is due."
        )
    if command.amount.currency != due.currency or not command.amount.amount > 0:
        raise InvalidError(f"A payment is more than zero, in {due.currency}.", field="amount")
    if known.got(command.member_id) + command.amount.amount > due.amount:
        raise InvalidError("The payments come to more than what is due to this worker.", field="amount")
    left = sum((one.amount.amount - known.got(one.member_id) for one in known.shares), Decimal())
    return [
        facts.RemedyItemCompleted(
            item_id=command.item_id,
            evidence=said(command.evidence, "evidence"),
            complete=left == command.amount.amount,
            paid=command.amount,
            workers=len({*known.paid, command.member_id}),
        ),
        told.WorkerPaid(item_id=command.item_id, member_id=command.member_id, amount=command.amount),
    ]


def count(case: Case, command: CountItem, *, policy: Policy) -> Sequence[Event]:
    """Record how many units are done in all, in a unit that the remedy is counted in."""
    still_open(case)
    item = promised(case, command.item_id)
    units = policy.remedies[item.promise.remedy].units if item.promise.remedy in policy.remedies else ()
    if command.unit not in units:
        counted = ", ".join(unit for unit in units if unit != "money") or "money only"
        raise InvalidError(f"This remedy is counted in {counted}.", field="unit")
    if command.count < 0:
        raise InvalidError("'count' is not negative.", field="count")
    if of_item(case.yields, command.item_id).counts.get(command.unit) == command.count:
        return []
    return [told.RemedyCounted(item_id=command.item_id, unit=command.unit, count=command.count)]


def recheck_after(verified: Sequence[Event], *, at: datetime, policy: Policy) -> Sequence[Event]:
    """Return when a remedy that was just verified is looked at again."""
    wait = policy.safeguards.recheck_after
    return [
        told.RecheckScheduled(item_id=one.item_id, recheck_at=at + wait)
        for one in verified
        if isinstance(one, facts.RemedyItemVerified) and wait is not None
    ]


def recheck(case: Case, command: RecheckItem, *, policy: Policy) -> Sequence[Event]:
    """Record whether a verified remedy lasted, of a closed case too; a relapse refutes it and reopens the case."""
    item = promised(case, command.item_id)
    if item.status != "verified":
        raise GateClosedError(
            "item-verified", "The item is not verified.", opens="Verify it first; only what was verified is re-checked."
        )
    attempts = tried(case, policy) if command.outcome == "not-reached" else None
    checked = told.RemedyRechecked(
        item_id=command.item_id, outcome=command.outcome, attempts=attempts, statement=command.statement
    )
    if command.outcome != "relapsed":
        return [checked]
    statement = said(command.statement, "statement")
    reopened = [facts.CaseReopened(reason=statement)] if case.course.ended else []
    return [checked, *reopened, facts.RemedyItemRefuted(item_id=command.item_id, statement=statement)]


def totals(case: Case, policy: Policy) -> Mapping[str, Sequence[Mapping[str, object]]]:
    """Return claimed, assessed and paid of each currency, never added to each other; penalties to a state apart."""
    found: dict[tuple[str, str], dict[str, Decimal]] = {}
    for item in case.items:
        known = policy.remedies.get(item.promise.remedy)
        of_workers = known is None or known.worker_money
        for column, money in (
            ("claimed", item.promise.claimed),
            ("assessed", item.promise.assessed),
            ("paid", item.paid),
        ):
            if money is not None:
                sums = found.setdefault(("workers" if of_workers else "state", money.currency), {})
                sums[column] = sums.get(column, Decimal()) + money.amount
    return {
        whose: [
            {"currency": currency, **{column: sums.get(column) for column in ("claimed", "assessed", "paid")}}
            for (to, currency), sums in sorted(found.items())
            if to == whose
        ]
        for whose in ("workers", "state")
    }


def _worker_money(item: Item, policy: Policy) -> None:
    remedy = policy.remedies.get(item.promise.remedy)
    if remedy is None or not remedy.is_money or not remedy.worker_money:
        raise InvalidError("This remedy is not money that reaches workers.", field="item_id")
