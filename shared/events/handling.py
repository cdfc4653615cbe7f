"""What cases says of the handling of a case between its opening and its end."""

from typing import ClassVar, Literal

from shared.events.cases import CaseEvent
from shared.events.envelope import Event, Instant, Personal

WaitsFor = Literal["worker", "respondent", "authority", "expert", "other"]


class FeedbackGiven(CaseEvent, frozen=True, kw_only=True):
    """The complainant was told what is done about the grievance and why, on this channel."""

    TOPIC: ClassVar[str] = "cases.feedback-given"
    channel: str
    text: Personal | None = None


class CaseHeld(CaseEvent, frozen=True, kw_only=True):
    """Nothing can be done before somebody else has done something; looked at again by `until`.

    Meanwhile the office's own clocks to take the case up and to give feedback stand still.
    """

    TOPIC: ClassVar[str] = "cases.case-held"
    waits_for: WaitsFor
    until: Instant
    reason: Personal


class CaseReleased(CaseEvent, frozen=True, kw_only=True):
    """The case is taken up where it was held."""

    TOPIC: ClassVar[str] = "cases.case-released"


EVENTS: tuple[type[Event], ...] = (FeedbackGiven, CaseHeld, CaseReleased)
