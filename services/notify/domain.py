"""Whether somebody is told, and what an attempt to tell means: pure decisions over recipients and notifications."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import msgspec

from shared.events.envelope import Event, Recorded
from shared.events.notify import (
    Audience,
    NotificationFailed,
    NotificationQueued,
    NotificationSent,
    NotificationSuppressed,
    Occasion,
    RecipientRegistered,
)
from shared.events.values import SafeContact

JITTER_SHARE = 0.2
"""A wait is lengthened by at most this share, so that many failures do not come back at the same moment."""

_SILENCE = {"complainant": "no-safe-contact", "respondent": "no-contact", "supervisor": "no-contact"}


class Text(msgspec.Struct, frozen=True):
    """What is sent: a rendered template and which one it was."""

    language: str
    template: str
    subject: str
    body: str


Render = Callable[[str], Text]
"""From the language that the recipient asked for to the text."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """That something happened in a case that somebody might be told of; the times are those of that fact."""

    case_id: UUID
    occasion: Occasion
    audience: Audience
    occurred_at: datetime
    recorded_at: datetime


class Delivered(msgspec.Struct, frozen=True):
    """The channel took the text; `reference` finds it again in the channel's own log."""

    reference: str | None = None


class TryAgain(msgspec.Struct, frozen=True):
    """It did not go out, but may later."""

    cause: str


class GiveUp(msgspec.Struct, frozen=True):
    """It did not go out and never will."""

    cause: str


Outcome = Delivered | TryAgain | GiveUp


@dataclass(frozen=True, slots=True)
class Schedule:
    """When attempts are made, in minutes since the first one."""

    minutes: tuple[float, ...]

    def wait_after(self, attempt: int) -> timedelta | None:
        """Return the pause behind an attempt (numbered from 1), None behind the last one."""
        pauses = [later - earlier for earlier, later in pairwise(self.minutes)]
        return timedelta(minutes=pauses[attempt - 1]) if attempt <= len(pauses) else None


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """A notification so far. `due_at` is the time of its next attempt, None when nothing more is to be done."""

    queued: NotificationQueued | None
    due_at: datetime | None
    attempts: int = 0

    def is_due(self, now: datetime) -> bool:
        """Whether an attempt is to be made now."""
        return self.queued is not None and self.due_at is not None and self.due_at <= now


def contact_of(facts: Sequence[Recorded]) -> RecipientRegistered | None:
    """Return what was last said of a recipient, None for one never heard of."""
    event = facts[-1].event if facts else None
    return event if isinstance(event, RecipientRegistered) else None


def evolve(state: Notification | None, recorded: Recorded) -> Notification:
    """Take one more fact into account."""
    match recorded.event:
        case NotificationQueued() as queued:
            return Notification(queued=queued, due_at=recorded.envelope.recorded_at)
        case NotificationFailed(attempt=attempt, retry_at=retry_at) if state is not None:
            return msgspec.structs.replace(state, attempts=attempt, due_at=retry_at)
        case NotificationSent(attempt=attempt) if state is not None:
            return msgspec.structs.replace(state, attempts=attempt, due_at=None)
        case _:
            return state or Notification(queued=None, due_at=None)


def decide_telling(news: News, contact: SafeContact | None, render: Render, historical: timedelta) -> Event:
    """Queue the text, or say why silence is kept: the news is old, or nobody gave a way on which it is safe."""
    if news.recorded_at - news.occurred_at > historical:
        return _suppressed(news, "historical")
    if contact is None:
        return _suppressed(news, _SILENCE[news.audience])
    text = render(contact.language or "en")
    return NotificationQueued(
        case_id=news.case_id,
        occasion=news.occasion,
        audience=news.audience,
        channel=contact.channel,
        address=contact.address,
        language=text.language,
        template=text.template,
        subject=text.subject,
        body=text.body,
    )


def decide_attempt(
    state: Notification, outcome: Outcome, now: datetime, schedule: Schedule, jitter: float
) -> NotificationSent | NotificationFailed:
    """Record an attempt: sent, to be tried again after a pause, or failed for good. `jitter` is from 0 to 1."""
    attempt = state.attempts + 1
    match outcome:
        case Delivered(reference):
            return NotificationSent(attempt=attempt, channel_reference=reference)
        case GiveUp(cause):
            return NotificationFailed(attempt=attempt, cause=cause)
        case TryAgain(cause):
            pause = schedule.wait_after(attempt)
            retry_at = None if pause is None else now + pause * (1 + JITTER_SHARE * jitter)
            return NotificationFailed(attempt=attempt, cause=cause, retry_at=retry_at)


def _suppressed(news: News, reason: str) -> NotificationSuppressed:
    return NotificationSuppressed(case_id=news.case_id, occasion=news.occasion, audience=news.audience, reason=reason)
