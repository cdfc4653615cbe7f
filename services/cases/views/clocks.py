"""Clocks as rows, found by when they are due, and as answers that say why each stands as it does."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from services.cases.domain.clocks import Clock, Clocks
from services.cases.domain.course import OFFICE
from services.cases.views.due import DueRow, due_in
from services.cases.views.rows import NEVER
from shared.documents.port import Collection, Documents
from shared.events.clocks import ClockMissed
from shared.events.envelope import Instant

REASONS: Mapping[str, str] = {
    "duty-of-the-office": "the duty is the office's own: a supervisor is alerted",
    "duty-of-another-kind": "only missed answers climb the ladder: a supervisor is alerted",
    "not-in-the-ladder": "the policy lets no missed answer at this level climb by itself: a supervisor is alerted",
    "nobody-on-the-next-rung": "no respondent of the case stands on the next rung: a supervisor is alerted",
    "consent": "no live consent lets the next party learn of the case: a supervisor is alerted",
    "admissible": "the case was found not admissible: a supervisor is alerted",
    "brief-without-person": "the brief told who complained: a supervisor is alerted",
    "ladder": "the policy puts the case before the next party",
}
PAUSED: Mapping[str, str] = {
    "case-closed": "the case is closed",
    "on-hold": "the case is on hold",
    "not-owed": "the duty is not owed any more",
}


class ClocksRow(DueRow, kw_only=True, omit_defaults=True):
    """The clocks of a case; `wakes_at` is when the next of them is due, or `NEVER`."""

    wakes_at: Instant = NEVER
    clocks: Clocks | None = None


CLOCK_ROWS: Collection[ClocksRow] = Collection("clocks", 1, ClocksRow, columns=("wakes_at",), across=("wakes_at",))


@dataclass(frozen=True, slots=True)
class ClockRows:
    """Finds clocks by their time, of all tenants."""

    documents: Documents

    def due(self, now: datetime) -> AsyncIterator[Sequence[UUID]]:
        """Yield the cases that have a clock whose time has passed unseen, the oldest first."""
        return due_in(self.documents, CLOCK_ROWS, "wakes_at", now)


def explained(clock: Clock, now: datetime) -> dict[str, object]:
    """Return how a clock stands at `now`, in words for who must answer for it."""
    shown = {name: value for name, value in msgspec.structs.asdict(clock).items() if name != "missed"}
    return {
        **shown,
        "state": _state(clock),
        "overdue": clock.met_at is None and clock.paused is None and clock.due_at < now,
        "consequence": clock.missed.consequence if clock.missed else None,
        "escalated_to": clock.missed.escalated_to if clock.missed else None,
        "level": clock.missed.level if clock.missed else None,
        "why": list(_why(clock, now)),
    }


def _state(clock: Clock) -> str:
    if clock.met_at is not None:
        return "met"
    if clock.paused is not None:
        return "paused"
    return "missed" if clock.missed else "running"


def _why(clock: Clock, now: datetime) -> Sequence[str]:
    by = f"policy {clock.policy}" if clock.policy else "what was agreed"
    of = "the office owes it" if clock.party == OFFICE else "the party owes it"
    said = [f"Started {_day(clock.started_at)}: {of}, by {by} until {_day(clock.due_at)}."]
    for pause in clock.pauses:
        until = f" until {_day(pause.until)}" if pause.until else ""
        said.append(f"Stood still from {_day(pause.since)}{until}: {PAUSED[pause.reason]}.")
    if clock.missed is not None and clock.missed_at is not None:
        said.append(_missed(clock.missed, clock.missed_at))
    if clock.met_at is not None:
        said.append(f"Met {_day(clock.met_at)}, {'late' if clock.met_at > clock.due_at else 'in time'}.")
    elif clock.waking:
        said.append("Its time has passed; it is being looked at." if clock.due_at < now else "It runs.")
    return said


def _missed(missed: ClockMissed, at: datetime) -> str:
    verb = "Escalated" if missed.consequence == "escalated" else "Not escalated"
    return f"Missed {_day(at)}. {verb}: {REASONS.get(missed.because, missed.because)}."


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M %Z}"
