"""What was due, from which fact on, and whether it came in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from shared.events import cases as facts
from shared.events.envelope import Event

_UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))

Duty = tuple[str, UUID | None]
"""What must be done, and for which escalation or remedy item where it has one."""

ACKNOWLEDGE: Duty = ("the acknowledgement", None)
ASSESS: Duty = ("taking the case up", None)


@dataclass(frozen=True, slots=True)
class Due:
    """A duty that runs, with whoever bears it in words."""

    what: str
    at: datetime


def begun(event: Event) -> Iterator[tuple[Duty, Due]]:
    """Yield the duties that a fact starts."""
    match event:
        case facts.CaseOpened(acknowledge_by=datetime() as due):
            yield ACKNOWLEDGE, Due("the acknowledgement", due)
        case facts.CaseTriaged(assess_by=datetime() as due):
            yield ASSESS, Due("taking the case up", due)
        case facts.CaseEscalated():
            yield ("answer", event.escalation_id), Due(f"the answer of {event.name}", event.answer_by)
        case facts.RemedyPlanAgreed():
            for item in event.items:
                end_of_day = datetime.combine(item.due_on, time(), UTC) + timedelta(days=1)
                yield ("remedy", item.item_id), Due(f"{item.remedy} by {item.owner}", end_of_day)
        case _:
            return


def ended(event: Event) -> Duty | None:
    """Return the duty that a fact fulfils, None when it fulfils none."""
    match event:
        case facts.CaseAcknowledged():
            return ACKNOWLEDGE
        case facts.CaseAssigned() | facts.CaseEscalated():
            return ASSESS
        case facts.EmployerResponseRecorded(escalation_id=subject):
            return "answer", subject
        case facts.RemedyItemCompleted(item_id=subject, complete=True):
            return "remedy", subject
        case _:
            return None


def timeliness(due_at: datetime, at: datetime) -> str:
    """Say how early or late something was done."""
    if at > due_at:
        return f"{span(at - due_at)} late"
    return f"{span(due_at - at)} before it was due"


def span(length: timedelta) -> str:
    """Say a length of time in its largest whole unit."""
    for unit, name in _UNITS:
        count = length // unit
        if count:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "less than a minute"
