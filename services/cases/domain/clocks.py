"""The clocks of a case: they follow its duties by one rule, and tell afterwards why each ran, stopped or was missed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.cases.domain.course import OUTLIVING, Duty
from services.cases.domain.state import Case
from shared.errors import CorruptRecordError
from shared.events import clocks as told
from shared.events.envelope import Event, Instant, Recorded
from shared.ids import derived_id


class Pause(msgspec.Struct, frozen=True, omit_defaults=True):
    """For which reason a clock stood still, since when, until when."""

    reason: told.PauseReason
    since: Instant
    until: Instant | None = None


class Clock(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One clock: the time of one duty of one party. `subject` is the escalation or remedy it is about."""

    duty: str
    party: str
    started_at: Instant
    due_at: Instant
    subject: UUID | None = None
    policy: str | None = None
    pauses: tuple[Pause, ...] = ()
    met_at: Instant | None = None
    missed: told.ClockMissed | None = None
    missed_at: Instant | None = None
    told_at: Instant | None = None
    """When the scheduler put the miss on record."""

    @property
    def key(self) -> tuple[str, UUID | None]:
        """What tells it from the other clocks of the case."""
        return self.duty, self.subject

    @property
    def paused(self) -> Pause | None:
        """The pause it is in, or None."""
        last = self.pauses[-1] if self.pauses else None
        return last if last is not None and last.until is None else None

    @property
    def waking(self) -> bool:
        """Whether its time still has to be looked at: it runs and is not known to be missed."""
        return self.met_at is None and self.missed is None and self.paused is None

    def due(self, now: datetime) -> bool:
        """Whether its time has passed unseen."""
        return self.waking and self.due_at < now


class Clocks(msgspec.Struct, frozen=True, omit_defaults=True):
    """All clocks of one case."""

    case_id: UUID
    version: int = 0
    clocks: tuple[Clock, ...] = ()

    @property
    def wakes_at(self) -> datetime | None:
        """When the next of them is due."""
        return min((clock.due_at for clock in self.clocks if clock.waking), default=None)

    def due(self, now: datetime) -> Sequence[Clock]:
        """Return those whose time has passed unseen, the oldest first."""
        return sorted((clock for clock in self.clocks if clock.due(now)), key=lambda clock: clock.due_at)

    def get(self, key: tuple[str, UUID | None]) -> Clock | None:
        """Return a clock, or None."""
        return next((clock for clock in self.clocks if clock.key == key), None)


def clocks_of(case_id: UUID) -> UUID:
    """Return the stream of the clocks of a case."""
    return derived_id("clocks-of-case", str(case_id))


def evolve(clocks: Clocks | None, recorded: Recorded) -> Clocks:
    """Return the clocks after one more fact."""
    event = recorded.event
    if not isinstance(event, told.ClockEvent):
        raise CorruptRecordError(f"The clocks {recorded.envelope.stream_id} hold a {recorded.envelope.type}.")
    before = clocks or Clocks(event.case_id)
    known = before.get((event.duty, event.subject))
    changed = _after(known, event, recorded)
    others = tuple(changed if clock is known else clock for clock in before.clocks)
    return Clocks(
        before.case_id,
        recorded.envelope.stream_version,
        others if known is not None else (*others, changed),
    )


def follow(clocks: Clocks | None, case: Case, *, policy: str | None) -> Iterator[Event]:
    """Yield what has changed for the clocks now that the case stands like this; nothing when they are in step."""
    known = {} if clocks is None else {clock.key: clock for clock in clocks.clocks}
    owed = {(duty.duty, duty.subject) for duty in case.course.duties}
    for duty in {(duty.duty, duty.subject): duty for duty in case.course.duties}.values():
        yield from _in_step(known.get((duty.duty, duty.subject)), duty, case, policy)
    for key, clock in known.items():
        if key not in owed and clock.met_at is None and clock.paused is None:
            yield told.ClockPaused(**_which(clock, case.case_id), reason="not-owed")


def _in_step(clock: Clock | None, duty: Duty, case: Case, policy: str | None) -> Iterator[Event]:
    which = _which(duty, case.case_id)
    if clock is None or (clock.met_at is not None and duty.met_at is None):
        yield told.ClockStarted(**which, due_at=duty.due_at, policy=policy)
        clock = None
    if duty.met_at is not None:
        if clock is None or clock.met_at is None:
            yield told.ClockMet(**which, due_at=duty.due_at, late=duty.met_at > duty.due_at)
        return
    reason = _standing_still(case, duty)
    paused = None if clock is None else clock.paused
    if reason is not None:
        if paused is None:
            yield told.ClockPaused(**which, reason=reason)
    elif paused is not None:
        yield told.ClockResumed(**which, due_at=duty.due_at)
    elif clock is not None and clock.due_at != duty.due_at:
        yield told.ClockStarted(**which, due_at=duty.due_at, policy=policy)


def _standing_still(case: Case, duty: Duty) -> told.PauseReason | None:
    if case.course.merged:
        return "not-owed"
    if case.course.ended:
        return None if duty.duty in OUTLIVING else "case-closed"
    return "on-hold" if case.course.rests(duty) else None


def _which(clock: Clock | Duty, case_id: UUID) -> dict[str, Any]:
    return {"case_id": case_id, "duty": clock.duty, "party": clock.party, "subject": clock.subject}


def _after(clock: Clock | None, event: told.ClockEvent, recorded: Recorded) -> Clock:
    at = recorded.envelope.occurred_at
    if isinstance(event, told.ClockStarted) or clock is None:
        due_at = getattr(event, "due_at", at)
        fresh = Clock(duty=event.duty, party=event.party, subject=event.subject, started_at=at, due_at=due_at)
        return replace(fresh, policy=getattr(event, "policy", None))
    match event:
        case told.ClockPaused(reason=reason):
            return replace(clock, pauses=(*clock.pauses, Pause(reason, at)))
        case told.ClockResumed(due_at=due_at):
            return _running_until(_resumed(clock, at), due_at)
        case told.ClockMet():
            return replace(_resumed(clock, at), met_at=at)
        case told.ClockMissed():
            return replace(clock, missed=event, missed_at=at, told_at=recorded.envelope.recorded_at)
        case _:
            return clock


def _running_until(clock: Clock, due_at: datetime) -> Clock:
    """A clock that got another time may be missed again."""
    if due_at == clock.due_at:
        return clock
    return replace(clock, due_at=due_at, missed=None, missed_at=None, told_at=None)


def _resumed(clock: Clock, at: datetime) -> Clock:
    if clock.paused is None:
        return clock
    return replace(clock, pauses=(*clock.pauses[:-1], replace(clock.pauses[-1], until=at)))
