"""Closing and reopening, decided."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.cases.domain import closing
from services.cases.domain.commands import CloseCase, ReopenCase
from shared.errors import InvalidError
from shared.events import cases as facts
from shared.events.procedure import WithdrawalChecked
from tests.support.given_when_then import START, STREAM, By, Fact, Outcome
from tests.unit.cases.stories import (
    ASSIGNED,
    CLOSED,
    NOT_REACHED,
    OPENED,
    PAID_CASE,
    PLANNED_CASE,
    POLICY,
    REACHED,
    REOPENED,
    TRIAGED_CASE,
    VERIFIED_CASE,
    case,
    tried,
)

SURVIVOR = UUID("0190f2c4-7a3e-7c11-9c0e-00000000000f")


def close(reason: facts.CloseReason, *story: Fact, by: str = "closer", known: bool = True, **words: Any) -> Outcome:
    command = CloseCase(reason=reason, **{"explanation": "It ended.", **words})
    return case(*story).when(lambda state: closing.close(state, command, by=by, survivor_known=known, policy=POLICY))


def ended(reason: facts.CloseReason, **words: Any) -> facts.CaseClosed:
    return facts.CaseClosed(reason=reason, explanation="It ended.", **words)


def test_a_case_is_remedied_when_every_item_is_verified() -> None:
    close("remedied", *VERIFIED_CASE).then(ended("remedied"))


@pytest.mark.parametrize("story", [(OPENED,), PLANNED_CASE, PAID_CASE])
def test_a_case_is_not_remedied_without_a_plan_or_before_every_item_is_verified(story: tuple[Fact, ...]) -> None:
    close("remedied", *story).then_refused("items-verified")


@pytest.mark.parametrize("reason", ["partial", "unremedied", "referred", "out_of_scope", "unsubstantiated"])
def test_other_endings_need_an_explanation_only(reason: facts.CloseReason) -> None:
    close(reason, *TRIAGED_CASE).then(ended(reason))
    close(reason, *TRIAGED_CASE, explanation=" ").then_fails(InvalidError, "explanation")


def test_nobody_is_unreachable_before_three_attempts() -> None:
    close("unreachable", OPENED).then_refused("attempts")
    close("unreachable", OPENED, *tried(2)).then_refused("attempts")
    close("unreachable", OPENED, *tried(3)).then(ended("unreachable", attempts=3))


def test_calls_of_one_day_are_one_attempt_and_who_was_reached_is_tried_anew() -> None:
    at_once = [By("caller", NOT_REACHED, START + timedelta(minutes=minute)) for minute in range(3)]
    close("unreachable", OPENED, *at_once).then_refused("attempts")
    close("unreachable", OPENED, *tried(3), REACHED).then_refused("attempts")


def test_a_withdrawal_counts_once_somebody_else_saw_no_pressure() -> None:
    close("withdrawn", *TRIAGED_CASE).then_refused("pressure")
    free, pressed = WithdrawalChecked(outcome="free"), WithdrawalChecked(outcome="pressed")
    close("withdrawn", *TRIAGED_CASE, By("other", free)).then(ended("withdrawn"))
    close("withdrawn", *TRIAGED_CASE, By("other", free), By("other", pressed)).then_refused("pressure")
    close("withdrawn", *TRIAGED_CASE, By("other", free), CLOSED, REOPENED).then_refused("pressure")


def test_a_duplicate_names_another_case_that_exists() -> None:
    close("duplicate", OPENED, surviving_case_id=SURVIVOR).then(ended("duplicate", surviving_case_id=SURVIVOR))
    close("duplicate", OPENED).then_fails(InvalidError, "surviving_case_id")
    close("duplicate", OPENED, surviving_case_id=STREAM).then_fails(InvalidError, "surviving_case_id")
    close("duplicate", OPENED, surviving_case_id=SURVIVOR, known=False).then_fails(InvalidError, "surviving_case_id")


def test_the_handler_cannot_close_alone() -> None:
    close("unremedied", *TRIAGED_CASE, ASSIGNED, by="handler").then_refused("four-eyes")
    close("unremedied", *TRIAGED_CASE, ASSIGNED, by="closer").then(ended("unremedied"))


def test_with_nobody_assigned_who_triaged_or_planned_is_the_handler() -> None:
    close("unremedied", OPENED, *TRIAGED_CASE[1:], by="handler").then_refused("four-eyes")
    planned = (
        *PLANNED_CASE[:-1],
        By("planner", PLANNED_CASE[-1].event if isinstance(PLANNED_CASE[-1], By) else CLOSED),
    )
    close("unremedied", *planned, by="planner").then_refused("four-eyes")
    close("unremedied", *planned, by="somebody").then(ended("unremedied"))


def test_who_triaged_may_close_when_somebody_else_is_assigned() -> None:
    story = (*TRIAGED_CASE, facts.CaseAssigned(assignee="another"))
    close("unremedied", *story, by="handler").then(ended("unremedied"))


def test_a_closed_case_cannot_be_closed_again_until_it_is_reopened() -> None:
    close("unremedied", OPENED, CLOSED).then_refused("case-open")
    close("unremedied", OPENED, CLOSED, REOPENED).then(ended("unremedied"))


def test_only_a_closed_case_is_reopened_and_with_a_reason() -> None:
    again = ReopenCase(reason="They called again.")
    case(OPENED, CLOSED).when(lambda state: closing.reopen(state, again)).then(REOPENED)
    case(OPENED).when(lambda state: closing.reopen(state, again)).then_refused("case-closed")
    case(OPENED, CLOSED).when(lambda state: closing.reopen(state, ReopenCase(reason=" "))).then_fails(
        InvalidError, "reason"
    )


def test_the_earlier_closure_stays_on_the_record() -> None:
    state = case(OPENED, CLOSED, REOPENED, CLOSED).state
    assert [closure.ended for closure in state.closures] == [CLOSED, CLOSED]
    assert [closure.reopened_because for closure in state.closures] == ["They called again.", None]
