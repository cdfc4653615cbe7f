"""The planned year: the same for the same seed, within its time, and with every turn a case can take."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.cli.demo import texts
from shared.cli.demo.cast import ISSUES, ORGANISATIONS, PLACES
from shared.cli.demo.year import YEAR, Thread, plan
from shared.policy import default_policy

ANCHOR = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def year() -> tuple[Thread, ...]:
    return plan(1, 400, ANCHOR)


def test_the_same_seed_plans_the_same_year_and_another_seed_another(year: tuple[Thread, ...]) -> None:
    assert plan(1, 400, ANCHOR) == year
    assert plan(2, 400, ANCHOR) != year


def test_a_larger_year_has_all_of_a_smaller_one(year: tuple[Thread, ...]) -> None:
    assert set(names(plan(1, 100, ANCHOR))) < set(names(year))
    assert all(thread in year for thread in plan(1, 100, ANCHOR))


def test_everything_happens_in_order_within_the_year(year: tuple[Thread, ...]) -> None:
    for thread in year:
        times = [message.at for message in thread.messages] + [step.at for step in thread.steps]
        assert times == sorted(times)
        assert times[0] >= ANCHOR - YEAR
        assert times[-1] <= ANCHOR
        assert thread.decision == "wait" or thread.decided_at <= ANCHOR


def test_the_year_has_about_the_size_that_was_asked_for_and_every_turn(year: tuple[Thread, ...]) -> None:
    assert 400 <= sum(thread.written for thread in year) <= 405
    decisions = Counter(thread.decision for thread in year)
    assert 130 <= decisions["accept"] <= 175
    assert {"accept", "dismiss", "wait"} == set(decisions)
    assert any(thread.joined for thread in year)
    commands = Counter(step.command for thread in year for step in thread.steps)
    assert set(commands) == {
        "acknowledge", "triage", "assign", "note", "consent", "name-respondent", "escalate", "respond", "plan",
        "complete-item", "verify-item", "close", "reopen", "attempt-contact", "check-withdrawal",
        "report-fee", "join-worker", "leave-worker", "name-representative", "check-retaliation", "report-retaliation",
        "release-disclosure",
    }  # fmt: skip
    reasons = {step.body["reason"] for thread in year for step in thread.steps if step.command == "close"}
    assert len(reasons) >= 6
    verdicts = {step.body["outcome"] for thread in year for step in thread.steps if step.command == "verify-item"}
    assert verdicts == {"confirmed", "refuted", "attempts_failed"}


def test_what_takes_four_eyes_is_done_by_the_second_person(year: tuple[Thread, ...]) -> None:
    seconds = {step.command for thread in year for step in thread.steps if step.second}
    firsts = {step.command for thread in year for step in thread.steps if not step.second}
    assert seconds == {"check-withdrawal", "close", "verify-item", "release-disclosure"}
    assert not seconds & firsts


def test_instalments_add_up_to_what_was_assessed(year: tuple[Thread, ...]) -> None:
    for thread in year:
        plans: list[list[dict[str, Any]]] = [step.body["items"] for step in thread.steps if step.command == "plan"]
        promised = plans[0] if plans else []
        for place, item in enumerate(promised):
            done = [step.body for step in thread.steps if step.command == "complete-item" and step.item == place]
            if "assessed" in item and len(done) == 2 and done[0].get("complete") is False:
                paid = sum(Decimal(one["paid"]["amount"]) for one in done)
                assert paid == Decimal(item["assessed"]["amount"])


def test_every_language_has_words_for_every_issue_and_every_issue_is_in_the_taxonomy() -> None:
    languages = {language for place in PLACES for language in place.languages}
    assert all(texts.grievance(language, issue) and texts.again(language) for language in languages for issue in ISSUES)
    assert set(ISSUES) <= set(default_policy().issues)


def test_every_organisation_says_that_it_is_of_the_demo_and_every_buyer_is_one_of_them() -> None:
    known = {one.name for one in ORGANISATIONS}
    assert all("(demo)" in name for name in known)
    assert {one.buyer for one in ORGANISATIONS if one.buyer} <= known
    assert len(known) == 12


def test_the_year_stands_still_while_time_goes_on(year: tuple[Thread, ...]) -> None:
    later = plan(1, 400, ANCHOR + timedelta(hours=5))
    moved = {message.external_id: message.at for thread in later for message in thread.messages}
    shared = [message for thread in year for message in thread.messages if message.external_id in moved]
    assert {moved[message.external_id] - message.at for message in shared} == {timedelta(hours=5)}


def names(threads: tuple[Thread, ...]) -> list[str]:
    return [thread.name for thread in threads]


def test_nobody_is_tried_on_another_channel_than_their_safe_one(year: tuple[Thread, ...]) -> None:
    tried = 0
    for thread in year:
        grievances = [message.body["grievance"] for message in thread.messages if "grievance" in message.body]
        safe = [one["safe_contact"]["channel"] for one in grievances if "safe_contact" in one]
        wanted = safe[0] if safe else thread.messages[0].body["channel"]
        channels = [step.body["channel"] for step in thread.steps if step.command == "attempt-contact"]
        assert set(channels) <= {wanted}
        tried += len(channels)
    assert tried
