"""Rows of a system with many cases beside one with few: does a life cost the same there, and how long does a list take.

Both systems are simulated once and kept for later runs; the large one takes most of an hour.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from services.reporting.api.leaves import LEAVES
from tests.bench.bench import Bench, BenchError, Row
from tests.bench.calls import Plan
from tests.bench.load import Loaded, load
from tests.bench.rows_served import HANDLING, handled_in
from tests.bench.server import COMMAND, serving

FEW, MANY = 10_000, 1_000_000
QUICK_FEW, QUICK_MANY = 100, 500
LEAST_SHARE, MOST_PAGE = 0.9, 50.0
READERS = 2
TIMES = 20
"""How often every list is paged through: more than enough that the first look, from a cold disk, is not the p95."""
LOOKS = 5
"""How often every page of the dashboard is looked at."""
LONGEST = 3 * 3600.0

LISTS = (
    "limit=50",
    "state=closed",
    "state=plan_agreed",
    "severity=S2",
    "country=TH",
    "issue=REC-FEE",
    "issue=REC-FEE&state=closed",
    "assignee=desk-3",
    "assignee=nobody&state=closed",
    "channel=import",
    "overdue=true",
    "queue=unassigned",
    "queue=mine",
    "queue=crisis",
    "queue=waiting-employer",
)
BY_TEXT = ("text=employer%20017", "text=nothing%20has%20this")


PAGES = ("/", *(f"/figures/{name}" for name in LEAVES))
MOST_SHOWN = 1000.0


def scale(bench: Bench) -> list[Row]:
    """Measure the life cycle and the lists of cases at few cases and at many."""
    few, many = (QUICK_FEW, QUICK_MANY) if bench.quick else (FEW, MANY)
    before = _at(bench, few)
    after = _at(bench, many)
    named = f"{many:,} cases"
    return [
        Row(
            f"{HANDLING}, {named}",
            after.handled.rate,
            "/s",
            f"the same, {few:,} cases",
            before.handled.rate,
            LEAST_SHARE * before.handled.rate,
        ),
        Row(f"a page of a list, {named}: p50", after.lists.percentile(0.5), "ms", less_is_better=True),
        Row(f"a page of a list, {named}: p95", after.lists.percentile(0.95), "ms", bar=MOST_PAGE, less_is_better=True),
        Row(
            f"a page of what holds a text, {named}: p95",
            after.texts.percentile(0.95),
            "ms",
            bar=MOST_PAGE,
            less_is_better=True,
        ),
        Row(
            f"a page of the dashboard, {named}: p95",
            after.pages.percentile(0.95),
            "ms",
            "the same, " + f"{few:,} cases",
            before.pages.percentile(0.95),
            MOST_SHOWN,
            less_is_better=True,
        ),
    ]


class Scaled(NamedTuple):
    """What a system of so many cases did: lives, pages of lists, of lists by text, and of the dashboard."""

    handled: Loaded
    lists: Loaded
    texts: Loaded
    pages: Loaded


def _at(bench: Bench, cases: int) -> Scaled:
    with serving(bench.folder, kept=_simulated(bench, cases)) as server:
        server.wait_for_views()
        _, handled = handled_in(server, bench.seconds(6))
        reading = Plan(turn="paged", port=server.port, connections=READERS, key=server.key, seconds=LONGEST)
        lists, texts = _read(reading, LISTS), _read(reading, BY_TEXT)
        looking = replace(reading, turn="shown", connections=1)
        _look(looking, PAGES[:1])  # the first question loads the warehouse; afterwards only what has changed comes in
        return Scaled(handled, lists, texts, _look(looking, PAGES * LOOKS))


def _read(reading: Plan, asked: Sequence[str]) -> Loaded:
    return load(replace(reading, given=tuple(asked) * TIMES))


def _look(looking: Plan, paths: Sequence[str]) -> Loaded:
    return load(replace(looking, given=tuple(paths)))


def _simulated(bench: Bench, cases: int) -> Path:
    folder = (bench.simulated or bench.folder) / f"simulated-{cases}"
    done = folder / "simulated"
    if not done.exists():
        command = [str(COMMAND), "simulate", "--cases", str(cases), "--data", str(folder)]
        ran = subprocess.run(command, capture_output=True, timeout=LONGEST, check=False)
        if ran.returncode:
            raise BenchError(f"{cases} cases could not be simulated: {ran.stderr.decode()[-2000:]}")
        done.touch()
    return folder
