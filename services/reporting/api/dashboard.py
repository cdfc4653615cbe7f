"""The dashboard before it is written down: which figures it asks, and what a section of it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode

from services.reporting.api.charts import Chart
from services.reporting.views.definitions import Definition
from services.reporting.views.questions import Figure, Question

QUESTIONS: Mapping[str, Question] = {
    "volume": Question(report="volume", group_by=("month", "channel")),
    "volume_total": Question(report="volume", group_by=("total",)),
    "issues": Question(report="issues", group_by=("issue", "severity")),
    "closing": Question(report="time-to-close", group_by=("total",)),
    "overdue": Question(report="overdue", group_by=("duty",)),
    "money": Question(report="money"),
    "quarters": Question(report="responsiveness", group_by=("quarter",)),
    "answers": Question(report="responsiveness", group_by=("quarter", "organisation")),
}
"""What the page asks, under the names that its sections use."""

ROWS_SHOWN = 100
"""Of longer tables the page shows a part: it must stay light on a slow line."""

Figured = Mapping[str, Figure]
"""The answers, under the names of the questions."""


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart, written out. Words stand left, numbers right."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One theme of the page: a sentence, a drawing with a description, the same numbers as a table."""

    anchor: str
    title: str
    sentence: str
    drawing: str
    chart: Chart
    table: Table
    definition: Definition
    csv: str
    note: str = ""
    links: dict[object, str] = field(default_factory=dict)
    """Where cells of the table lead to."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that is read first."""

    name: str
    value: str
    remark: str


def csv_of(question: Question) -> str:
    """Return where a figure is as CSV."""
    asked = [("format", "csv")]
    if question.group_by:
        asked.append(("group_by", ",".join(question.group_by)))
    asked += [("only", f"{name}:{value}") for name, value in question.only]
    return f"/reporting/v1/reports/{question.report}?{urlencode(asked)}"


def number(value: object) -> str:
    """Write a number for people: thousands apart, at most two places, none for whole ones; nothing is a dash."""
    match value:
        case None:
            return "–"
        case Decimal():
            places = min(2, max(0, -int(value.as_tuple().exponent)))
            return f"{value:,.{places}f}".removesuffix("." + "0" * places)
        case int() | float():
            return f"{value:,}"
        case _:
            return str(value)
