"""What happens to a case between its opening and its end, beside remedies and disclosure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.cases.domain.commands import Command
from services.cases.domain.gates import said, still_open
from services.cases.domain.state import Case
from shared.errors import GateClosedError, InvalidError
from shared.events import handling as told
from shared.events.envelope import Event

LONGEST_HOLD = timedelta(days=366)


class GiveFeedback(Command, frozen=True, kw_only=True):
    """Put on record that the complainant was told what is done, and on which channel."""

    channel: str
    text: str | None = None


class Hold(Command, frozen=True, kw_only=True):
    """Let the case rest until a date, and say for what it waits."""

    waits_for: told.WaitsFor
    until: datetime
    reason: str


class Release(Command, frozen=True, kw_only=True):
    """Take a case up again that was on hold."""


def hold(case: Case, command: Hold, *, at: datetime) -> Sequence[Event]:
    """Let an open case rest, not for ever: at most for a year, and the date has a clock of its own."""
    still_open(case)
    if case.course.held_since is not None:
        raise GateClosedError("not-held", "The case is on hold.", opens="Release the case first.")
    if not at < command.until <= at + LONGEST_HOLD:
        raise InvalidError("'until' is a time from now on, within a year.", field="until")
    return [told.CaseHeld(waits_for=command.waits_for, until=command.until, reason=said(command.reason, "reason"))]


def release(case: Case, _command: Release) -> Sequence[Event]:
    """Take the case up where it was held."""
    still_open(case)
    if case.course.held_since is None:
        raise GateClosedError("held", "The case is not on hold.", opens="Only a case on hold can be released.")
    return [told.CaseReleased()]


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
