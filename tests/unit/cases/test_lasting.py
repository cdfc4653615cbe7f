"""Remedies to the end, decided: shares and payments by worker, counts of units, re-checks, sums by currency."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cases.domain import lasting
from services.cases.domain.lasting import CountItem, PayWorker, RecheckItem, ShareItem
from services.cases.domain.sniffing import media_type
from services.cases.domain.yields import of_item
from shared.errors import InvalidError, UnsupportedMediaError
from shared.events import cases as facts
from shared.events import remedying as told
from shared.events import together
from shared.events.values import Money
from tests.support.given_when_then import START, Fact, Outcome
from tests.unit.cases.stories import (
    CLOSED,
    ENGAGED_CASE,
    FEE_ITEM,
    FEES,
    PAID,
    PASSPORT_ITEM,
    PASSPORTS,
    POLICY,
    VERIFIED,
    VERIFIED_CASE,
    case,
    tried,
)

AYE, MIN = UUID(int=1), UUID(int=2)
JOINED: tuple[Fact, ...] = (together.WorkerJoined(member_id=AYE), together.WorkerJoined(member_id=MIN))
PENALTY = msgspec.structs.replace(FEE_ITEM, item_id=UUID(int=7), remedy="RM-PEN")
PLANNED = facts.RemedyPlanAgreed(items=(FEE_ITEM, PASSPORT_ITEM, PENALTY), complainant_consulted=True)
STORY: tuple[Fact, ...] = (*ENGAGED_CASE, PLANNED, *JOINED)


def baht(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="THB")


def due(member: UUID, amount: str) -> told.Share:
    return told.Share(member_id=member, amount=baht(amount))


SHARED = told.RemedyShared(item_id=FEES, shares=(due(AYE, "3000"), due(MIN, "2000")))
AYE_PAID = told.WorkerPaid(item_id=FEES, member_id=AYE, amount=baht("3000"))


def share(*story: Fact, shares: tuple[told.Share, ...], item: UUID = FEES) -> Outcome:
    command = ShareItem(item_id=item, shares=shares)
    return case(*STORY, *story).when(lambda state: lasting.share(state, command, policy=POLICY))


def pay(*story: Fact, member: UUID = AYE, amount: str = "3000") -> Outcome:
    command = PayWorker(item_id=FEES, member_id=member, amount=baht(amount), evidence="receipt")
    return case(*STORY, *story).when(lambda state: lasting.pay(state, command, policy=POLICY))


def recheck(*story: Fact, **words: Any) -> Outcome:
    command = RecheckItem(item_id=FEES, **words)
    return case(*story).when(lambda state: lasting.recheck(state, command, policy=POLICY))


def test_what_was_assessed_is_divided_among_who_joined() -> None:
    share(shares=SHARED.shares).then(SHARED)
    share(SHARED, shares=SHARED.shares).then()
    share(shares=(due(AYE, "3000"), due(MIN, "2000.01"))).then_fails(InvalidError, "shares")
    share(shares=(due(AYE, "1"), due(AYE, "1"))).then_fails(InvalidError, "shares")
    share(shares=(due(UUID(int=9), "1"),)).then_fails(InvalidError, "shares")
    share(shares=(due(AYE, "1.005"),)).then_fails(InvalidError, "shares")
    share(SHARED, AYE_PAID, shares=(due(AYE, "2999"),)).then_fails(InvalidError, "shares")


def test_a_penalty_to_a_state_is_no_workers_money() -> None:
    share(shares=(due(AYE, "1"),), item=PENALTY.item_id).then_fails(InvalidError, "item_id")
    sums = lasting.totals(case(*STORY).state, POLICY)
    assert sums["workers"] == [{"currency": "THB", "claimed": None, "assessed": Decimal(5000), "paid": None}]
    assert sums["state"] == [{"currency": "THB", "claimed": None, "assessed": Decimal(5000), "paid": None}]


def test_currencies_are_never_added_to_each_other() -> None:
    dollars = msgspec.structs.replace(
        FEE_ITEM, item_id=UUID(int=8), assessed=Money(amount=Decimal("10.50"), currency="USD")
    )
    more = facts.RemedyPlanAgreed(items=(dollars,), complainant_consulted=True)
    sums = lasting.totals(case(*STORY, more).state, POLICY)["workers"]
    assert [(one["currency"], one["assessed"]) for one in sums] == [("THB", Decimal(5000)), ("USD", Decimal("10.50"))]


def test_a_worker_is_paid_in_parts_and_no_more_than_is_due() -> None:
    pay(SHARED, amount="1000").then(
        facts.RemedyItemCompleted(item_id=FEES, evidence="receipt", complete=False, paid=baht("1000"), workers=1),
        told.WorkerPaid(item_id=FEES, member_id=AYE, amount=baht("1000")),
    )
    pay(SHARED, amount="3000.01").then_fails(InvalidError, "amount")
    pay(SHARED, AYE_PAID, amount="0.01").then_fails(InvalidError, "amount")
    pay(SHARED, amount="0").then_fails(InvalidError, "amount")
    pay().then_refused("share-known")


def test_the_item_is_complete_with_the_last_payment_that_is_due() -> None:
    pay(SHARED, AYE_PAID, member=MIN, amount="2000").then(
        facts.RemedyItemCompleted(item_id=FEES, evidence="receipt", complete=True, paid=baht("2000"), workers=2),
        told.WorkerPaid(item_id=FEES, member_id=MIN, amount=baht("2000")),
    )
    pay(SHARED, PAID).then_refused("item-open")


@settings(max_examples=30)
@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=8))
def test_payments_in_satang_come_to_what_was_paid_to_the_last_digit(satang: list[int]) -> None:
    amounts = [Decimal(one) / 100 for one in satang]
    paid = [told.WorkerPaid(item_id=FEES, member_id=AYE, amount=Money(amount=one, currency="THB")) for one in amounts]
    assert of_item(case(*STORY, SHARED, *paid).state.yields, FEES).got(AYE) == sum(amounts)


def test_a_remedy_is_counted_in_its_own_units() -> None:
    def count(unit: told.CountedUnit, item: UUID = PASSPORTS, number: int = 3) -> Outcome:
        command = CountItem(item_id=item, unit=unit, count=number)
        return case(*STORY).when(lambda state: lasting.count(state, command, policy=POLICY))

    count("documents").then(told.RemedyCounted(item_id=PASSPORTS, unit="documents", count=3))
    count("sites").then_fails(InvalidError, "unit")
    count("documents", item=FEES).then_fails(InvalidError, "unit")
    count("documents", number=-1).then_fails(InvalidError, "count")


def test_a_verified_remedy_is_looked_at_again() -> None:
    wait = POLICY.safeguards.recheck_after
    assert wait is not None
    scheduled = told.RecheckScheduled(item_id=FEES, recheck_at=START + wait)
    assert list(lasting.recheck_after([VERIFIED], at=START, policy=POLICY)) == [scheduled]
    story = (*VERIFIED_CASE, scheduled, CLOSED)
    (duty,) = case(*story).state.course.open_duties
    assert (duty.duty, duty.due_at) == ("recheck", START + wait)
    lasts = told.RemedyRechecked(item_id=FEES, outcome="lasts")
    recheck(*story, outcome="lasts").then(lasts)
    assert list(case(*story, lasts).state.course.open_duties) == []


def test_a_relapse_refutes_the_remedy_and_reopens_the_case() -> None:
    words = {"outcome": "relapsed", "statement": "They took it back."}
    relapsed = told.RemedyRechecked(item_id=FEES, outcome="relapsed", statement="They took it back.")
    refuted = facts.RemedyItemRefuted(item_id=FEES, statement="They took it back.")
    recheck(*VERIFIED_CASE, **words).then(relapsed, refuted)
    recheck(*VERIFIED_CASE, CLOSED, **words).then(relapsed, facts.CaseReopened(reason="They took it back."), refuted)
    after = case(*VERIFIED_CASE, CLOSED, relapsed, facts.CaseReopened(reason="x"), refuted).state
    assert (after.state, after.items[0].status) == ("remediating", "refuted")
    recheck(*VERIFIED_CASE, outcome="relapsed").then_fails(InvalidError, "statement")


def test_only_what_was_verified_is_looked_at_again_and_who_was_not_reached_was_tried() -> None:
    recheck(*STORY, outcome="lasts").then_refused("item-verified")
    recheck(*VERIFIED_CASE, *tried(2), outcome="not-reached").then_refused("attempts")
    recheck(*VERIFIED_CASE, *tried(3), outcome="not-reached").then(
        told.RemedyRechecked(item_id=FEES, outcome="not-reached", attempts=3)
    )


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7\n...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        ("ค่าแรง 1,200 บาท\n".encode(), "text/plain"),
    ],
)
def test_a_file_is_what_its_first_bytes_show(content: bytes, found: str) -> None:
    assert media_type(content) == found


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"<html><script>x</script>",
        b"<svg onload=x>",
        b"#!/bin/sh\n",
        b"\x7fELF",
        b"a\x00b",
    ],
)
def test_what_could_be_run_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(UnsupportedMediaError):
        media_type(content)
