"""The facts of a notification, folded into its row."""

from datetime import datetime

from services.notify.views import NOTIFICATIONS, Attempt, Left, NotificationRow
from shared.documents.folding import Projection
from shared.errors import PoisonError
from shared.events.envelope import Recorded
from shared.events.notify import (
    NOTIFICATION,
    AttemptStarted,
    DeliveryConfirmed,
    NotificationFailed,
    NotificationMoved,
    NotificationPostponed,
    NotificationQueued,
    NotificationSent,
    NotificationSuppressed,
    PersonTold,
)
from shared.vault.tokens import MASK

_GONE_OUT = frozenset({"sent", "delivered", "read", "undelivered"})


def fold(row: NotificationRow | None, recorded: Recorded) -> NotificationRow:  # noqa: PLR0911 - one table of facts
    """Take one more fact into the row."""
    at = recorded.envelope.recorded_at
    match recorded.event:
        case NotificationQueued() | NotificationSuppressed() as begun if row is None:
            return _begin(recorded, begun)
        case NotificationSent() as sent if row is not None:
            row.state, row.due_at = "sent", None
            row.attempts += (Attempt(attempt=sent.attempt, at=at, channel_reference=sent.channel_reference),)
            return row
        case AttemptStarted(may_repeat=may_repeat) if row is not None:
            row.may_repeat = row.may_repeat or may_repeat
            return row
        case NotificationPostponed(until=until) if row is not None:
            row.due_at = until
            return row
        case NotificationSuppressed() as ended if row is not None:
            row.state, row.reason, row.due_at, row.person = "suppressed", ended.reason, None, ended.person
            return row
        case DeliveryConfirmed() as confirmed if row is not None:
            return _confirm(row, confirmed)
        case NotificationMoved() as moved if row is not None:
            row.left += (Left(channel=row.channel, at=at, reason=moved.reason),)
            row.channel, row.state, row.person = moved.channel, "queued", False
            row.due_at = moved.not_before or at
            return row
        case PersonTold(outcome=outcome) if row is not None:
            row.person, row.seen_to = False, outcome
            return row
        case NotificationFailed() as failed if row is not None:
            return _fail(row, failed, at)
        case _:
            raise PoisonError(f"{recorded.envelope.type} does not follow in stream {recorded.envelope.stream_id}.")


def _begin(recorded: Recorded, event: NotificationQueued | NotificationSuppressed) -> NotificationRow:
    row = NotificationRow(
        id=recorded.envelope.stream_id,
        case_id=event.case_id,
        occasion=event.occasion,
        audience=event.audience,
        state="queued",
        created_at=recorded.envelope.recorded_at,
    )
    match event:
        case NotificationQueued():
            row.due_at = row.turn_at = event.not_before or row.created_at
            row.recipient_id = event.recipient_id
            row.channel, row.address = event.channel, MASK
            row.language, row.template, row.subject = event.language, event.template, event.subject
        case NotificationSuppressed():
            row.state, row.reason, row.person = "suppressed", event.reason, event.person
    return row


def _fail(row: NotificationRow, event: NotificationFailed, at: datetime) -> NotificationRow:
    row.state = "failed" if event.retry_at is None else "retrying"
    row.due_at = event.retry_at
    row.person = event.retry_at is None
    row.attempts += (Attempt(attempt=event.attempt, at=at, cause=event.cause, retry_at=event.retry_at),)
    return row


def _confirm(row: NotificationRow, event: DeliveryConfirmed) -> NotificationRow:
    """Take a receipt; one that is late, for an attempt on a way left since, says nothing of the way of now."""
    if event.attempt is not None and (row.state not in _GONE_OUT or event.attempt != row.attempts[-1].attempt):
        return row
    row.state, row.person = event.state, row.person or event.state == "undelivered"
    return row


NOTIFICATION_VIEW = Projection(collection=NOTIFICATIONS, source="notify", stream=NOTIFICATION, fold=fold)
