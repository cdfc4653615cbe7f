"""What cases says of protecting people after a disclosure: the watch, what was found, and what it stops."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.cases import CaseEvent
from shared.events.envelope import Event, Instant, Personal

REPRISAL = "RET-REP"
"""The issue that a case has, whatever else it is about, once retaliation was reported."""

Reprisal = Literal[
    "dismissal",
    "demotion",
    "pay-cut",
    "transfer",
    "harassment",
    "threat",
    "denunciation",
    "blacklisting",
    "violence",
    "eviction",
    "other",
]
CheckOutcome = Literal["none", "reported", "not-reached"]


class RetaliationWatchStarted(CaseEvent, frozen=True, kw_only=True):
    """An organisation learned of the case; the workers are asked at these times whether anybody suffers for it."""

    TOPIC: ClassVar[str] = "cases.retaliation-watch-started"
    organisation_id: UUID
    check_at: tuple[Instant, ...]


class RetaliationChecked(CaseEvent, frozen=True, kw_only=True):
    """Somebody asked the workers, or tried to; every check that was due by then is done, or else the next one."""

    TOPIC: ClassVar[str] = "cases.retaliation-checked"
    outcome: CheckOutcome
    attempts: int | None = None
    statement: Personal | None = None


class RetaliationReported(CaseEvent, frozen=True, kw_only=True):
    """Somebody suffers for the complaint. From now on the case is of this severity, and nothing more is disclosed.

    Consents given before rest, until one is given anew or a supervisor releases them.
    """

    TOPIC: ClassVar[str] = "cases.retaliation-reported"
    number: str
    acts: tuple[Reprisal, ...]
    severity: str
    statement: Personal
    organisation_id: UUID | None = None


class DisclosureReleased(CaseEvent, frozen=True, kw_only=True):
    """A supervisor let the consents that rested hold again."""

    TOPIC: ClassVar[str] = "cases.disclosure-released"
    reason: Personal


EVENTS: tuple[type[Event], ...] = (
    RetaliationWatchStarted,
    RetaliationChecked,
    RetaliationReported,
    DisclosureReleased,
)
