"""A notification's row says how far it got, and never the whole address."""

from datetime import timedelta

import pytest

from services.notify.projections import fold
from services.notify.views import Attempt
from shared.errors import PoisonError
from shared.events.notify import NotificationFailed, NotificationQueued, NotificationSent, NotificationSuppressed
from shared.ids import derived_id
from tests.unit.notify.given import CASE, NOON, recorded

STREAM = derived_id("test-notification")
LATER = NOON + timedelta(minutes=1)
QUEUED = NotificationQueued(
    case_id=CASE,
    occasion="answer",
    audience="complainant",
    channel="email",
    address="aye@example.org",
    language="th",
    template="th/answer.complainant",
    subject="S",
    body="B",
)


def test_a_queued_notification_is_due_at_once() -> None:
    row = fold(None, recorded(QUEUED, STREAM))
    assert (row.id, row.state, row.due_at, row.address) == (STREAM, "queued", NOON, "*******")


def test_a_notification_is_retried_and_then_sent() -> None:
    row = fold(None, recorded(QUEUED, STREAM))
    row = fold(row, recorded(NotificationFailed(attempt=1, cause="timeout", retry_at=LATER), STREAM, 2))
    assert (row.state, row.due_at) == ("retrying", LATER)
    row = fold(row, recorded(NotificationSent(attempt=2, channel_reference="<2>"), STREAM, 3, recorded_at=LATER))
    assert (row.state, row.due_at) == ("sent", None)
    assert row.attempts == (
        Attempt(attempt=1, at=NOON, cause="timeout", retry_at=LATER),
        Attempt(attempt=2, at=LATER, channel_reference="<2>"),
    )


def test_a_notification_that_failed_for_good_is_not_due() -> None:
    row = fold(fold(None, recorded(QUEUED, STREAM)), recorded(NotificationFailed(attempt=1, cause="x"), STREAM, 2))
    assert (row.state, row.due_at) == ("failed", None)


def test_a_suppressed_notification_says_why() -> None:
    event = NotificationSuppressed(case_id=CASE, occasion="closure", audience="complainant", reason="historical")
    row = fold(None, recorded(event, STREAM))
    assert (row.state, row.reason, row.due_at, row.address) == ("suppressed", "historical", None, None)


def test_a_stream_that_does_not_begin_with_its_beginning_is_poison() -> None:
    with pytest.raises(PoisonError):
        fold(None, recorded(NotificationSent(attempt=1), STREAM))
