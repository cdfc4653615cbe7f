"""What an attempt to deliver means: gone out, to be tried again after a pause, put off, by another way, or over."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from services.notify.domain.safety import Quiet, Silence, choose_way
from shared.events.envelope import Event, Recorded
from shared.events.notify import (
    AttemptStarted,
    DeliveryConfirmed,
    NotificationFailed,
    NotificationMoved,
    NotificationPostponed,
    NotificationQueued,
    NotificationSent,
    NotificationSuppressed,
)
from shared.events.values import ContactChannel, SafeContact

JITTER_SHARE = 0.2
"""A wait is lengthened by at most this share, so that many failures do not come back at the same moment."""


NOWHERE = frozenset({"erased", "unreadable", "expired", "contact-changed"})
"""What no other way would mend: the text or the person is gone, it is too late, or a person has to look first."""


class Delivered(msgspec.Struct, frozen=True):
    """The channel took the text; `reference` finds it again in the channel's own log."""

    reference: str | None = None


class TryAgain(msgspec.Struct, frozen=True):
    """It did not go out, but may later; `after`: not before so many seconds, as the other side asked."""

    cause: str
    after: float = 0


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
    """A notification so far. `due_at` is the time of its next attempt, None when nothing more is to be done.

    `started`: an attempt began of whose outcome nothing is known: the text may have gone out. `taken` are the ways so
    far, the last one is that of now; `earlier` are the attempts on those before, `sent` is the one that went out on it.
    """

    queued: NotificationQueued | None
    due_at: datetime | None
    attempts: int = 0
    started: bool = False
    taken: tuple[ContactChannel, ...] = ()
    earlier: int = 0
    sent: int | None = None

    @property
    def channel(self) -> ContactChannel:
        """The way of now; there is one from when it was queued."""
        return self.taken[-1]

    def is_due(self, now: datetime) -> bool:
        """Whether an attempt is to be made now."""
        return self.queued is not None and self.due_at is not None and self.due_at <= now

    def is_expired(self, now: datetime) -> bool:
        """Whether it came to be too late to tell."""
        return self.queued is not None and self.queued.expires_at is not None and self.queued.expires_at <= now


def evolve(state: Notification | None, recorded: Recorded) -> Notification:  # noqa: PLR0911 - one table of facts
    """Take one more fact into account."""
    match recorded.event:
        case NotificationQueued() as queued:
            due_at = queued.not_before or recorded.envelope.recorded_at
            return Notification(queued=queued, due_at=due_at, taken=(queued.channel,))
        case NotificationFailed(attempt=attempt, retry_at=retry_at) if state is not None:
            return msgspec.structs.replace(state, attempts=attempt, due_at=retry_at, started=False)
        case NotificationSent(attempt=attempt) if state is not None:
            return msgspec.structs.replace(state, attempts=attempt, due_at=None, started=False, sent=attempt)
        case NotificationMoved(channel=channel) as moved if state is not None:
            due_at = moved.not_before or recorded.envelope.recorded_at
            taken = (*state.taken, channel)
            return msgspec.structs.replace(state, due_at=due_at, taken=taken, earlier=state.attempts, sent=None)
        case NotificationPostponed(until=until) if state is not None:
            return msgspec.structs.replace(state, due_at=until)
        case AttemptStarted() if state is not None:
            return msgspec.structs.replace(state, started=True)
        case NotificationSuppressed() if state is not None:
            return msgspec.structs.replace(state, due_at=None)
        case _:
            return state or Notification(queued=None, due_at=None)


def decide_start(state: Notification) -> AttemptStarted:
    """Say, before anything is sent, that an attempt begins; after one without an outcome this may send twice."""
    return AttemptStarted(attempt=state.attempts + 1, may_repeat=state.started)


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
        case TryAgain(cause, after):
            pause = schedule.wait_after(attempt - state.earlier)
            retry_at = (
                None if pause is None else now + max(pause * (1 + JITTER_SHARE * jitter), timedelta(seconds=after))
            )
            return NotificationFailed(attempt=attempt, cause=cause, retry_at=retry_at)


def decide_move(
    state: Notification,
    contact: SafeContact | None,
    *,
    now: datetime,
    quiet: Quiet,
    able: Container[ContactChannel],
    reason: str,
) -> NotificationMoved | None:
    """Go on by the next way of the profile of today that is safe, each way once; None: only a person is left."""
    queued = state.queued
    if queued is None or contact is None or reason in NOWHERE or state.is_expired(now):
        return None
    way = choose_way(contact, now, quiet, only=queued.only, able=able, but=state.taken, before=queued.expires_at)
    if isinstance(way, Silence):
        return None
    return NotificationMoved(
        channel=way.contact.channel,
        address=way.contact.address,
        reason=reason,
        not_before=way.until if way.until > now else None,
    )


def is_late(event: Event, state: Notification) -> bool:
    """Whether a fact is a receipt for an attempt that is not the last word: it was made on a way left since."""
    return isinstance(event, DeliveryConfirmed) and event.attempt not in {None, state.sent}
