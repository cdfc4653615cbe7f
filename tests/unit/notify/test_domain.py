"""Silence is the default, an old fact is told to nobody, and a failed attempt waits its turn or ends."""

from datetime import timedelta

import pytest

from services.notify.domain import (
    Delivered,
    GiveUp,
    News,
    Notification,
    Outcome,
    Schedule,
    Text,
    TryAgain,
    decide_attempt,
    decide_telling,
    evolve,
)
from shared.events.envelope import Event
from shared.events.notify import (
    Audience,
    NotificationFailed,
    NotificationQueued,
    NotificationSent,
    NotificationSuppressed,
)
from tests.unit.notify.given import CASE, NOON, QUIET, contact, recorded

FORTNIGHT = timedelta(days=14)
SCHEDULE = Schedule((0, 1, 5, 30, 120))


def news(audience: Audience = "complainant", age: timedelta = timedelta()) -> News:
    return News(case_id=CASE, occasion="answer", audience=audience, occurred_at=NOON - age, recorded_at=NOON)


def text(language: str) -> Text:
    return Text(language, f"{language}/x", "S", "B")


def queued() -> NotificationQueued:
    event = decide_telling(news(), contact("th"), text, FORTNIGHT, now=NOON, quiet=QUIET)
    assert isinstance(event, NotificationQueued)
    return event


def waiting(attempts: int = 0) -> Notification:
    return Notification(queued=queued(), due_at=NOON, attempts=attempts)


def test_a_text_is_queued_in_the_language_of_the_safe_contact() -> None:
    event = queued()
    assert (event.language, event.template, event.address) == ("th", "th/x", "aye@example.org")


@pytest.mark.parametrize(("audience", "reason"), [("complainant", "no-safe-contact"), ("respondent", "no-contact")])
def test_without_a_contact_silence_is_kept_and_put_on_record(audience: Audience, reason: str) -> None:
    event = decide_telling(news(audience), None, text, FORTNIGHT, now=NOON, quiet=QUIET)
    assert event == NotificationSuppressed(case_id=CASE, occasion="answer", audience=audience, reason=reason)


def test_a_fact_recorded_more_than_a_fortnight_late_is_told_to_nobody() -> None:
    late = decide_telling(news(age=FORTNIGHT + timedelta(seconds=1)), contact(), text, FORTNIGHT, now=NOON, quiet=QUIET)
    in_time = decide_telling(news(age=FORTNIGHT), contact(), text, FORTNIGHT, now=NOON, quiet=QUIET)
    assert isinstance(late, NotificationSuppressed)
    assert late.reason == "historical"
    assert isinstance(in_time, NotificationQueued)


def test_attempts_are_made_at_0_1_5_30_and_120_minutes_and_then_no_more() -> None:
    state, minutes = waiting(), [0.0]
    while state.due_at is not None:
        event = decide_attempt(state, TryAgain("connect"), state.due_at, SCHEDULE, jitter=0)
        state = evolve(state, recorded(event))
        if state.due_at is not None:
            minutes.append((state.due_at - NOON) / timedelta(minutes=1))
    assert minutes == [0, 1, 5, 30, 120]
    assert state.attempts == 5


def test_jitter_lengthens_a_wait_by_at_most_a_fifth() -> None:
    event = decide_attempt(waiting(attempts=2), TryAgain("timeout"), NOON, SCHEDULE, jitter=1)
    assert event == NotificationFailed(attempt=3, cause="timeout", retry_at=NOON + timedelta(minutes=25 * 1.2))


@pytest.mark.parametrize(
    ("outcome", "event"),
    [
        (Delivered("<1@x>"), NotificationSent(attempt=1, channel_reference="<1@x>")),
        (GiveUp("http-404"), NotificationFailed(attempt=1, cause="http-404")),
    ],
)
def test_what_is_sent_or_refused_for_good_is_final_at_once(outcome: Outcome, event: Event) -> None:
    decided = decide_attempt(waiting(), outcome, NOON, SCHEDULE, jitter=0.5)
    assert decided == event
    assert evolve(waiting(), recorded(decided)).due_at is None


def test_a_single_attempt_in_the_schedule_allows_no_second() -> None:
    assert decide_attempt(waiting(), TryAgain("connect"), NOON, Schedule((0,)), 0) == NotificationFailed(
        attempt=1, cause="connect"
    )


def test_a_suppressed_notification_is_never_due() -> None:
    event = decide_telling(news(), None, text, FORTNIGHT, now=NOON, quiet=QUIET)
    assert not evolve(None, recorded(event)).is_due(NOON + timedelta(days=999))


def test_a_queued_notification_is_due_from_the_moment_it_is_recorded() -> None:
    state = evolve(None, recorded(queued()))
    assert state.is_due(NOON)
    assert not state.is_due(NOON - timedelta(seconds=1))
