"""Plans, reports of completion and verifications, decided."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.cases.domain import remedies
from services.cases.domain.commands import AgreePlan, CompleteItem, PlannedItem, VerificationOutcome, VerifyItem
from services.cases.domain.state import Case
from shared.errors import InvalidError
from shared.events import cases as facts
from shared.events.envelope import Event
from shared.events.values import Money
from tests.support.given_when_then import By, Fact, Outcome
from tests.unit.cases.stories import (
    BRAND,
    CLOSED,
    FEE_ITEM,
    FEES,
    OPENED,
    PAID,
    PAID_CASE,
    PART_PAID,
    PASSPORT_ITEM,
    PASSPORTS,
    PLANNED_CASE,
    POLICY,
    REFUTED,
    VERIFIED,
    VERIFIED_CASE,
    case,
    tried,
)

PROMISE: dict[str, Any] = {
    "remedy": "RM-FEE",
    "owner": "Golden Prawn",
    "due_on": date(2026, 4, 30),
    "assessed": Money(amount=Decimal(5000), currency="THB"),
}


def baht(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="THB")


def plan(*items: PlannedItem, consulted: bool = True, story: tuple[Fact, ...] = (OPENED,)) -> Outcome:
    ids = iter([FEES, PASSPORTS])

    def new_id() -> UUID:
        return next(ids)

    command = AgreePlan(items=items, complainant_consulted=consulted)
    return case(*story).when(lambda state: remedies.agree_plan(state, command, new_id=new_id, policy=POLICY))


def complete(command: CompleteItem, *story: Fact) -> Outcome:
    return case(*story).when(lambda state: remedies.complete_item(state, command, policy=POLICY))


def verify(outcome: VerificationOutcome, *story: Fact, by: str = "verifier", item: UUID = FEES) -> Outcome:
    def decide(state: Case) -> Sequence[Event]:
        command = VerifyItem(item_id=item, outcome=outcome)
        return remedies.verify_item(state, command, by=by, policy=POLICY)

    return case(*story).when(decide)


def test_a_plan_on_which_the_complainant_was_consulted_stands() -> None:
    papers = PlannedItem(remedy="RM-DOC", owner="Golden Prawn", due_on=date(2026, 4, 7), workers=3)
    plan(PlannedItem(**PROMISE), papers).then(
        facts.RemedyPlanAgreed(items=(FEE_ITEM, PASSPORT_ITEM), complainant_consulted=True)
    )


def test_a_plan_without_the_complainant_is_refused() -> None:
    plan(PlannedItem(**PROMISE), consulted=False).then_refused("complainant-consulted")


def test_a_closed_case_takes_no_plan() -> None:
    plan(PlannedItem(**PROMISE), story=(OPENED, CLOSED)).then_refused("case-open")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"remedy": "RM-XXX"}, "items"),
        ({"owner": " "}, "owner"),
        ({"workers": 0}, "items"),
        ({"assessed": baht("-1")}, "items"),
        ({"assessed": baht("NaN")}, "items"),
        ({"assessed": Money(amount=Decimal(1), currency="baht")}, "items"),
        ({"assessed": Money(amount=Decimal(1), currency="thb")}, "items"),
        ({"claimed": Money(amount=Decimal(1), currency="USD")}, "items"),
    ],
)
def test_a_plan_with_an_unsound_item_is_refused(words: dict[str, Any], field: str) -> None:
    plan(PlannedItem(**{**PROMISE, **words})).then_fails(InvalidError, field)


def test_a_plan_that_promises_nothing_is_refused() -> None:
    plan().then_fails(InvalidError, "items")


def test_money_is_reported_in_parts_and_then_as_complete() -> None:
    part = CompleteItem(item_id=FEES, evidence="receipt 1", complete=False, paid=baht("2000"))
    complete(part, *PLANNED_CASE).then(PART_PAID)
    rest = CompleteItem(item_id=FEES, evidence="receipt 2", paid=baht("3000"))
    complete(rest, *PLANNED_CASE, PART_PAID).then(PAID)


def test_the_payments_of_an_item_add_up() -> None:
    item = case(*PLANNED_CASE, PART_PAID, PAID).state.item(FEES)
    assert item is not None
    assert item.paid == baht("5000")
    assert item.evidence == ("receipt 1", "receipt 2")


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (CompleteItem(item_id=FEES, evidence=" ", paid=baht("1")), "evidence"),
        (CompleteItem(item_id=FEES, evidence="receipt"), "paid"),
        (CompleteItem(item_id=FEES, evidence="receipt", paid=baht("0")), "paid"),
        (CompleteItem(item_id=FEES, evidence="receipt", paid=baht("-5")), "paid"),
        (CompleteItem(item_id=FEES, evidence="r", paid=Money(amount=Decimal(1), currency="USD")), "paid"),
    ],
)
def test_a_report_without_evidence_or_with_a_wrong_amount_is_refused(command: CompleteItem, field: str) -> None:
    complete(command, *PLANNED_CASE).then_fails(InvalidError, field)


def test_the_first_payment_fixes_the_currency_of_an_item_that_named_none() -> None:
    bare = facts.RemedyItem(item_id=FEES, remedy="RM-FEE", owner="Golden Prawn", due_on=date(2026, 4, 30))
    planned = facts.RemedyPlanAgreed(items=(bare,), complainant_consulted=True)
    dollars = CompleteItem(item_id=FEES, evidence="receipt", paid=Money(amount=Decimal(1), currency="USD"))
    complete(dollars, OPENED, planned, PART_PAID).then_fails(InvalidError, "paid")


def test_a_remedy_that_is_not_money_needs_no_amount() -> None:
    papers = facts.RemedyPlanAgreed(items=(PASSPORT_ITEM,), complainant_consulted=True)
    complete(CompleteItem(item_id=PASSPORTS, evidence="photo", workers=3), OPENED, papers).then(
        facts.RemedyItemCompleted(item_id=PASSPORTS, evidence="photo", complete=True, workers=3)
    )


def test_only_a_promised_and_open_item_can_be_reported() -> None:
    report = CompleteItem(item_id=FEES, evidence="receipt", paid=baht("1"))
    complete(report, OPENED).then_refused("item-known")
    complete(report, *PAID_CASE).then_refused("item-open")
    complete(report, *VERIFIED_CASE).then_refused("item-open")
    complete(report, *PLANNED_CASE, CLOSED).then_refused("case-open")


def test_the_worker_confirms_or_refutes() -> None:
    verify("confirmed", *PAID_CASE).then(VERIFIED)
    verify("refuted", *PAID_CASE).then(REFUTED)


def test_three_failed_attempts_count_and_two_do_not() -> None:
    verify("attempts_failed", *PAID_CASE, *tried(3)).then(
        facts.RemedyItemVerified(item_id=FEES, method="attempts-failed", attempts=3)
    )
    verify("attempts_failed", *PAID_CASE, *tried(2)).then_refused("attempts")
    verify("attempts_failed", *PAID_CASE).then_refused("attempts")


def test_who_reported_any_part_of_a_remedy_cannot_verify_it() -> None:
    verify("confirmed", *PAID_CASE, by="reporter").then_refused("four-eyes")
    story = (*PLANNED_CASE, By("first", PART_PAID), By("second", PAID))
    verify("confirmed", *story, by="first").then_refused("four-eyes")
    verify("refuted", *story, by="second").then_refused("four-eyes")


def test_there_is_nothing_to_verify_before_an_item_is_complete_or_after_it_is_verified() -> None:
    verify("confirmed", *PLANNED_CASE).then_refused("item-completed")
    verify("confirmed", *PLANNED_CASE, PART_PAID).then_refused("item-completed")
    verify("confirmed", *VERIFIED_CASE).then_refused("item-completed")
    verify("confirmed", *PAID_CASE, REFUTED).then_refused("item-completed")
    verify("confirmed", *PAID_CASE, item=BRAND).then_refused("item-known")
    verify("confirmed", *PAID_CASE, CLOSED).then_refused("case-open")


def test_a_refuted_item_can_be_reported_again_and_verified_by_who_reported_it_before() -> None:
    again = CompleteItem(item_id=FEES, evidence="receipt 2", paid=baht("3000"))
    complete(again, *PAID_CASE, REFUTED).then(PAID)
    verify("confirmed", *PAID_CASE, REFUTED, By("other", PAID), by="reporter").then(VERIFIED)
