"""Events of clocks, to facts: what the scheduler put on record of each duty."""

from services.reporting.views.facts import ClockFacts, DutyFacts
from shared.events import clocks
from shared.events.envelope import Recorded


def fold_clocks(row: ClockFacts | None, recorded: Recorded) -> ClockFacts:
    """Fold one event of the clocks of a case into their facts. A duty owed again after it was met is one more."""
    row = row or ClockFacts(id=recorded.envelope.stream_id)
    event = recorded.event
    if not isinstance(event, clocks.ClockEvent):
        return row
    row.case_id = event.case_id
    known = next((one for one in reversed(row.duties) if (one.duty, one.subject) == (event.duty, event.subject)), None)
    if known is None or (isinstance(event, clocks.ClockStarted) and known.met_at is not None):
        due_at = getattr(event, "due_at", recorded.envelope.occurred_at)
        known = DutyFacts(duty=event.duty, party=event.party, subject=event.subject, due_at=due_at)
        row.duties = [*row.duties, known]
    _apply(known, event, recorded)
    return row


def _apply(duty: DutyFacts, event: clocks.ClockEvent, recorded: Recorded) -> None:
    at = recorded.envelope.occurred_at
    match event:
        case clocks.ClockStarted(due_at=due_at, policy=policy):
            duty.due_at, duty.policy = due_at, policy
            duty.paused_at = duty.paused_for = duty.missed_at = duty.consequence = None
        case clocks.ClockPaused(reason=reason):
            duty.paused_at, duty.paused_for = at, reason
        case clocks.ClockResumed(due_at=due_at):
            duty.paused_at = duty.paused_for = None
            if due_at != duty.due_at:
                # With another time it may be missed again.
                duty.due_at, duty.missed_at, duty.consequence = due_at, None, None
        case clocks.ClockMet(late=late, due_at=due_at):
            duty.due_at, duty.met_at, duty.late = due_at, at, late
            duty.paused_at = duty.paused_for = None
        case clocks.ClockMissed(consequence=consequence, due_at=due_at):
            duty.due_at, duty.missed_at, duty.consequence = due_at, at, consequence
        case _:
            pass
