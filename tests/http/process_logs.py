"""Two real logs of work on matters, read as they are: permits with deadlines, incidents that come back."""

import csv
import gzip
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

PROCESSES = Path("../shared/data/processes")
XES = "{http://www.xes-standard.org/}"
WEEK = timedelta(days=7)
CONFIRMED = "T05 Print and send confirmation of receipt"


class Permit(NamedTuple):
    """One application: when the work on it began, what was promised, and when what was done."""

    begun: datetime
    confirmed: datetime | None
    started: datetime
    deadline: datetime | None
    ended: datetime | None

    @property
    def confirmed_late(self) -> bool:
        return self.confirmed is not None and self.confirmed - self.begun > WEEK

    @property
    def ended_late(self) -> bool:
        return bool(self.deadline and self.ended and self.ended > self.deadline)


class Incident(NamedTuple):
    """One incident: when it came, and when it was closed (True) or taken up again (False), in order."""

    opened: datetime
    turns: Sequence[tuple[datetime, bool]]

    @property
    def days(self) -> int:
        """Whole days until it was closed at last."""
        return (self.turns[-1][0] - self.opened).days

    @property
    def reopened(self) -> bool:
        return len(self.turns) > 1


def permits() -> list[Permit]:
    rows: dict[str, list[dict[str, str]]] = {}
    with _there("permit_receipt.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["case:concept:name"], []).append(row)
    return [_permit(of_one) for of_one in rows.values()]


def incidents() -> list[Incident]:
    with gzip.open(_there("incidents_closed.xes.gz")) as file:
        traces = ET.parse(file).getroot().findall(f"{XES}trace")  # noqa: S314 - a file of our own
    found = (_incident(trace) for trace in traces)
    return [one for one in found if one.turns]


def _there(name: str) -> Path:
    file = PROCESSES / name
    if not file.exists():
        pytest.skip("the reference records do not lie beside this checkout")
    return file


def _permit(rows: Sequence[dict[str, str]]) -> Permit:
    done = {row["concept:name"]: datetime.fromisoformat(row["time:timestamp"]) for row in reversed(rows)}
    first = rows[0]
    return Permit(
        begun=min(datetime.fromisoformat(row["time:timestamp"]) for row in rows),
        confirmed=done.get(CONFIRMED),
        started=datetime.fromisoformat(first["case:startdate"]),
        deadline=_moment(first["case:deadline"]),
        ended=_moment(first["case:enddate"]),
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _incident(trace: ET.Element) -> Incident:
    steps = [{str(one.get("key")): str(one.get("value")) for one in event} for event in trace.findall(f"{XES}event")]
    return Incident(datetime.fromisoformat(steps[0]["time:timestamp"]), list(_turns(steps)))


def _turns(steps: Sequence[dict[str, str]]) -> Iterator[tuple[datetime, bool]]:
    closed = False
    for step in steps:
        closes = (step["concept:name"], step["lifecycle:transition"]) == ("Completed", "Closed")
        if closes != closed and (closes or step["concept:name"] != "Completed"):
            closed = closes
            yield datetime.fromisoformat(step["time:timestamp"]), closes
