"""What happens to a case between its opening and its end, beside remedies and disclosure."""

from collections.abc import Sequence

from services.cases.domain.commands import Command
from services.cases.domain.gates import said, still_open
from services.cases.domain.state import Case
from shared.errors import GateClosedError
from shared.events import handling as told
from shared.events.envelope import Event


class GiveFeedback(Command, frozen=True, kw_only=True):
    """Put on record that the complainant was told what is done, and on which channel."""

    channel: str
    text: str | None = None


def give_feedback(case: Case, command: GiveFeedback) -> Sequence[Event]:
    """Record feedback to the complainant; receipt comes before it."""
    still_open(case)
    if case.acknowledged_at is None:
        raise GateClosedError(
            "acknowledged",
            "The complainant was not told yet that the case is known.",
            opens="Acknowledge the case first.",
        )
    return [told.FeedbackGiven(channel=said(command.channel, "channel"), text=command.text)]
