"""What cases says of the handling of a case between its opening and its end."""

from typing import ClassVar

from shared.events.cases import CaseEvent
from shared.events.envelope import Event, Personal


class FeedbackGiven(CaseEvent, frozen=True, kw_only=True):
    """The complainant was told what is done about the grievance and why, on this channel."""

    TOPIC: ClassVar[str] = "cases.feedback-given"
    channel: str
    text: Personal | None = None


EVENTS: tuple[type[Event], ...] = (FeedbackGiven,)
