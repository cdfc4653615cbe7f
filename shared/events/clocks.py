"""What cases says of clocks: one for each duty of each party, in a stream of its own beside the case.

Apart from the case, so that time passing never makes what a handler has in hand out of date. Nobody is named here.
"""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.cases import EscalationLevel
from shared.events.envelope import Event, Instant

CLOCKS = "cases.clocks"

PauseReason = Literal["case-closed", "on-hold", "not-owed"]
Consequence = Literal["escalated", "alerted"]


class ClockEvent(Event, frozen=True, kw_only=True):
    """A fact of one clock of a case: which duty, of whom, and which escalation or remedy it is about."""

    STREAM: ClassVar[str] = CLOCKS
    case_id: UUID
    duty: str
    party: str
    subject: UUID | None = None


class ClockStarted(ClockEvent, frozen=True, kw_only=True):
    """The party must do its duty by `due_at`; `policy` names the pack and version that said so.

    A clock that runs and starts again has another time from now on.
    """

    TOPIC: ClassVar[str] = "cases.clock-started"
    due_at: Instant
    policy: str | None = None


class ClockPaused(ClockEvent, frozen=True, kw_only=True):
    """The clock stands still for now."""

    TOPIC: ClassVar[str] = "cases.clock-paused"
    reason: PauseReason


class ClockResumed(ClockEvent, frozen=True, kw_only=True):
    """The clock runs again, until `due_at`."""

    TOPIC: ClassVar[str] = "cases.clock-resumed"
    due_at: Instant


class ClockMet(ClockEvent, frozen=True, kw_only=True):
    """The duty was done, in time or late."""

    TOPIC: ClassVar[str] = "cases.clock-met"
    due_at: Instant
    late: bool


class ClockMissed(ClockEvent, frozen=True, kw_only=True):
    """The time passed and the duty was not done.

    `consequence` follows once: the case was put before the next party, `escalated_to`, or a supervisor is alerted;
    `because` is the rule or gate that decided so.
    """

    TOPIC: ClassVar[str] = "cases.clock-missed"
    due_at: Instant
    consequence: Consequence
    because: str
    level: EscalationLevel | None = None
    escalated_to: UUID | None = None


EVENTS: tuple[type[Event], ...] = (ClockStarted, ClockPaused, ClockResumed, ClockMet, ClockMissed)
