"""In which queues an open case stands, whoever looks: what it waits for, and whether it burns."""

from typing import Literal

from services.cases.domain.course import OFFICE, Course

Standing = Literal["open", "unassigned", "crisis", "waiting-worker", "waiting-employer"]
"""Queues that a case stands in by itself; who looks and what time it is decide on the others."""

CRISIS = "S1"
_WORKER = frozenset({"consent_pending", "remedy_reported", "verifying"})
"""States in which only the worker's word leads on."""
_OTHERS = frozenset({"answer", "remedy"})


def standing(course: Course, severity: str | None, assignee: str | None) -> tuple[Standing, ...]:
    """Return the queues of a case; a closed one stands in none."""
    if course.state == "closed" or course.merged:
        return ()
    owed = any(duty.duty in _OTHERS and duty.party != OFFICE for duty in course.open_duties)
    found: list[tuple[Standing, bool]] = [
        ("open", True),
        ("unassigned", assignee is None),
        ("crisis", severity == CRISIS),
        ("waiting-worker", course.state in _WORKER),
        ("waiting-employer", owed),
    ]
    return tuple(name for name, holds in found if holds)
