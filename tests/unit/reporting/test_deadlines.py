"""Deadlines from what clocks put on record: the SQL against a count in plain Python over drawn lives of clocks."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.events import cases, clocks
from shared.events.clocks import Consequence, PauseReason
from tests.unit.reporting.figuring import Desk, folded
from tests.unit.reporting.figuring import clocks as clock_rows
from tests.unit.reporting.lives import NAMES, Log, hour

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DUTIES = ("acknowledge", "answer")

drawn = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Turn:
    """One thing that happens to a clock. `due` is what it is set to, where it is set; hours after the start."""

    what: str
    due: int
    reason: PauseReason = "on-hold"
    consequence: Consequence = "alerted"


turns = st.lists(
    st.tuples(
        st.sampled_from(DUTIES),
        st.builds(
            Turn,
            what=st.sampled_from(["start", "pause", "resume", "meet", "miss"]),
            due=st.integers(0, 24 * 700),
            reason=st.sampled_from(["case-closed", "on-hold", "not-owed"]),
            consequence=st.sampled_from(["escalated", "alerted"]),
        ),
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder: Path = tmp_path_factory.mktemp("figures")
    return Desk(folder)


@drawn
@given(cases_=st.lists(turns, max_size=3))
def test_a_deadline_is_kept_breached_or_dropped_as_its_clock_tells(
    desk: Desk, cases_: Sequence[Sequence[tuple[str, Turn]]]
) -> None:
    log = Log("cases")
    expected: dict[str, Counter[str]] = defaultdict(Counter)
    for number, drawn_ in enumerate(cases_):
        log.tell(uuid5(NAMES, f"case-{number}"), opened(), hour(0))
        for duty in DUTIES:
            mine = [turn for name, turn in drawn_ if name == duty]
            told = lawful(mine)
            tell(log, number, duty, told)
            for fate in fates(told):
                expected[duty][fate] += 1

    known: dict[str, Any] = {"cases": folded(log.facts), "clocks": clock_rows(log.facts), "at": NOW}
    rows = desk.ask("deadlines", ["duty"], **known)

    found = {row["duty"]: row for row in rows}
    assert set(found) == {duty for duty, counts in expected.items() if counts}
    for duty, counts in expected.items():
        row, due = found[duty], counts["in_time"] + counts["late"] + counts["unmet"]
        names = ("in_time", "late", "unmet", "dropped")
        assert [row[name] for name in names] == [counts[name] for name in names]
        assert (row["duties"], row["percent_breached"]) == (due, percent(counts["late"] + counts["unmet"], due))


@drawn
@given(cases_=st.lists(turns, max_size=3))
def test_deadlines_are_the_same_whether_or_not_cases_are_looked_at(
    desk: Desk, cases_: Sequence[Sequence[tuple[str, Turn]]]
) -> None:
    log = Log("cases")
    for number, drawn_ in enumerate(cases_):
        log.tell(uuid5(NAMES, f"case-{number}"), opened(), hour(0))
        for duty in DUTIES:
            tell(log, number, duty, lawful([turn for name, turn in drawn_ if name == duty]))
    known: dict[str, Any] = {"cases": folded(log.facts), "clocks": clock_rows(log.facts), "at": NOW}

    alone = desk.ask("deadlines", ["duty"], **known)
    beside = desk.ask("deadlines", ["duty", "channel"], **known)

    assert [{**row, "channel": "line"} for row in alone] == beside


def opened() -> cases.CaseOpened:
    return cases.CaseOpened(number="RG-1", channel="line", language="th")


def lawful(drawn_: Sequence[Turn]) -> Sequence[Turn]:
    """Leave the turns that the scheduler would write: it starts first, pauses what runs, resumes what rests."""
    left: list[Turn] = []
    state = "none"
    for turn in drawn_:
        allowed = {
            "none": {"start": "runs"},
            "runs": {"start": "runs", "pause": "rests", "meet": "none", "miss": "late"},
            "rests": {"resume": "runs", "meet": "none"},
            "late": {"start": "runs", "meet": "none"},
        }[state]
        if turn.what in allowed:
            left.append(turn)
            state = allowed[turn.what]
    return left


def tell(log: Log, number: int, duty: str, told: Sequence[Turn]) -> None:
    case_id, due = uuid5(NAMES, f"case-{number}"), 0
    for place, turn in enumerate(told):
        due = turn.due if turn.what in {"start", "resume"} else due
        which: dict[str, Any] = {"case_id": case_id, "duty": duty, "party": "office"}
        event: clocks.ClockEvent
        match turn.what:
            case "start":
                event = clocks.ClockStarted(**which, due_at=hour(due))
            case "pause":
                event = clocks.ClockPaused(**which, reason=turn.reason)
            case "resume":
                event = clocks.ClockResumed(**which, due_at=hour(due))
            case "meet":
                event = clocks.ClockMet(**which, due_at=hour(due), late=at(place) > due)
            case _:
                event = clocks.ClockMissed(**which, due_at=hour(due), consequence=turn.consequence, because="ladder")
        log.tell(uuid5(NAMES, f"clocks-{number}"), event, hour(at(place)))


def at(place: int) -> int:
    """Return when a turn happens: in the middle of what a clock may be set to, so that some are late."""
    return 24 * 300 + 24 * 20 * place


def fates(told: Sequence[Turn]) -> Sequence[str]:
    """Return what became of a duty each time that it was owed, in words of the figure; nothing while there is time."""
    found: list[str] = []
    due, state, since = 0, "none", 0
    for place, turn in enumerate(told):
        match turn.what:
            case "start" | "resume":
                due, state = turn.due, "runs"
            case "pause":
                state, since = "rests", at(place)
            case "meet":
                found.append("late" if at(place) > due else "in_time")
                state = "none"
            case _:
                state = "missed"
    if state == "missed" or (state != "none" and not (state == "rests" and since <= due) and hour(due) < NOW):
        found.append("unmet")
    elif state == "rests" and since <= due:
        found.append("dropped")
    return found


def percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None
