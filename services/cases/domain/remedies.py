"""What puts things right: the plan, reports that something of it was done, and the worker's word on it."""

from collections.abc import Callable, Sequence
from uuid import UUID

from services.cases.domain.attempts import tried
from services.cases.domain.commands import AgreePlan, CompleteItem, PlannedItem, VerifyItem
from services.cases.domain.gates import another_person, said, still_open, unless_overridden
from services.cases.domain.money import well_formed
from services.cases.domain.state import Case, Item
from shared.errors import GateClosedError, InvalidError
from shared.events import cases as facts
from shared.events.envelope import Event
from shared.events.values import Money
from shared.policy import Policy


def agree_plan(case: Case, command: AgreePlan, *, new_id: Callable[[], UUID], policy: Policy) -> Sequence[Event]:
    """Let promises stand on which the complainant was consulted; those of earlier plans stand on."""
    still_open(case)
    if not command.complainant_consulted:
        unless_overridden(
            case,
            GateClosedError(
                "complainant-consulted",
                "The complainant was not consulted on the plan.",
                opens="Consult the complainant, then record the plan.",
            ),
        )
    if not command.items:
        raise InvalidError("A plan promises at least one remedy.", field="items")
    for item in command.items:
        _sound(item, policy)
    items = tuple(_promise(item, new_id()) for item in command.items)
    return [facts.RemedyPlanAgreed(items=items, complainant_consulted=command.complainant_consulted)]


def complete_item(case: Case, command: CompleteItem, *, policy: Policy) -> Sequence[Event]:
    """Record a report that an item is done, or partly paid. It is not yet the worker's word."""
    still_open(case)
    item = promised(case, command.item_id)
    if item.status in {"completed", "verified"}:
        raise GateClosedError(
            "item-open",
            f"The item is already {item.status}.",
            opens="Only a refutation by the worker opens a completed item again; plan a new item for more.",
        )
    _payment(item, command.paid, policy)
    return [
        facts.RemedyItemCompleted(
            item_id=command.item_id,
            evidence=said(command.evidence, "evidence"),
            complete=command.complete,
            paid=command.paid,
            workers=command.workers,
        )
    ]


def verify_item(case: Case, command: VerifyItem, *, by: str, policy: Policy) -> Sequence[Event]:
    """Record the worker's word on a completed item, or that safe attempts to get it failed."""
    still_open(case)
    item = promised(case, command.item_id)
    if item.status != "completed":
        raise GateClosedError(
            "item-completed",
            "The item is not reported as complete, so there is nothing to verify.",
            opens="Report the item as complete, with evidence.",
        )
    another_person(
        case,
        by,
        item.reported_by,
        "Who reported the remedy cannot verify it.",
        opens="Another person asks the worker and verifies the item.",
    )
    if command.outcome == "refuted":
        return [facts.RemedyItemRefuted(item_id=command.item_id, statement=command.statement)]
    return [
        facts.RemedyItemVerified(
            item_id=command.item_id,
            method="worker-confirmed" if command.outcome == "confirmed" else "attempts-failed",
            attempts=None if command.outcome == "confirmed" else tried(case, policy),
            statement=command.statement,
        )
    ]


def _sound(item: PlannedItem, policy: Policy) -> None:
    if item.remedy not in policy.remedies:
        raise InvalidError(f"'remedy' is not among the remedies of the policy {policy.version}.", field="items")
    said(item.owner, "owner")
    if item.workers < 1:
        raise InvalidError("'workers' counts at least one.", field="items")
    for money in (item.claimed, item.assessed):
        well_formed(money, "items")
    if item.claimed and item.assessed and item.claimed.currency != item.assessed.currency:
        raise InvalidError("'claimed' and 'assessed' of an item have one currency.", field="items")


def _promise(item: PlannedItem, item_id: UUID) -> facts.RemedyItem:
    return facts.RemedyItem(
        item_id=item_id,
        remedy=item.remedy,
        owner=item.owner,
        due_on=item.due_on,
        workers=item.workers,
        claimed=item.claimed,
        assessed=item.assessed,
        description=item.description,
    )


def promised(case: Case, item_id: UUID) -> Item:
    """Return an item of a plan of the case, or say that there is none."""
    item = case.item(item_id)
    if item is None:
        raise GateClosedError(
            "item-known",
            "No plan of this case has an item with this id.",
            opens="Agree a plan with this remedy, or take the item's id from the case.",
        )
    return item


def _payment(item: Item, paid: Money | None, policy: Policy) -> None:
    if paid is None and policy.remedies[item.promise.remedy].is_money:
        raise InvalidError("This remedy is money: 'paid' says how much was paid.", field="paid")
    well_formed(paid, "paid")
    if paid is not None and paid.amount == 0:
        raise InvalidError("A payment is more than zero.", field="paid")
    if paid is not None and item.currency not in {None, paid.currency}:
        raise InvalidError(
            f"The item counts in {item.currency}; a payment in another currency is refused.", field="paid"
        )
