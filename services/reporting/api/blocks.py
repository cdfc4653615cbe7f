"""Sections that need no code of their own: a question, the kind of drawing, and which columns it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from services.reporting.api.charts import Chart, Series, bars, columns, line
from services.reporting.api.dashboard import ROWS_SHOWN, Section, Table, csv_of
from services.reporting.api.rows import Record, most, records
from services.reporting.api.wording import Words
from services.reporting.views.questions import Figure, Question

TONES = ("main", "t1", "t2", "t3", "t4", "t5", "t6")
MARKS = 24
SPLITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What a section shows: `measures` over `category`, or the first of them stacked by `split`.

    Of a figure over many things, `keep` leaves the rows with one value in one column.
    """

    key: str
    question: Question
    kind: Literal["columns", "bars", "line"]
    category: str
    measures: tuple[str, ...]
    split: str | None = None
    keep: tuple[str, str] | None = None
    tones: tuple[str, ...] = TONES

    @property
    def csv(self) -> str:
        """Where the whole figure is as CSV."""
        return csv_of(self.question)


def section(block: Block, figure: Figure, words: Words) -> Section:
    """Return a block with its figure: title, drawing, table."""
    rows = [row for row in records(figure) if block.keep is None or row[block.keep[0]] == block.keep[1]]
    columns_ = [name for name in figure.columns if block.keep is None or name != block.keep[0]]
    if block.kind == "bars":
        rows = sorted(rows, key=lambda row: -sum(row[name] or 0 for name in block.measures))
    shown = rows[:ROWS_SHOWN] if block.kind == "bars" else rows[-ROWS_SHOWN:]
    heads = [words.column(name) for name in columns_]
    naming = {"measures": ", ".join(map(words.column, block.measures)), "category": words.column(block.category)}
    cut = words("page.more_rows", shown=len(shown), all=len(rows)) if len(shown) < len(rows) else ""
    return Section(
        anchor=block.key,
        title=words(f"block.{block.key}"),
        sentence=figure.definition.title if words.language == "en" else "",
        drawing=words(f"chart.{block.kind}", **naming),
        chart=_chart(block, rows, words),
        table=Table(heads, [[words.value(row[name]) for name in columns_] for row in shown]),
        definition=figure.definition,
        csv=block.csv,
        note=cut,
    )


def _chart(block: Block, rows: Sequence[Record], words: Words) -> Chart:
    names = list(dict.fromkeys(row[block.category] for row in rows))
    names = names[:MARKS] if block.kind == "bars" else sorted(names, key=lambda one: (one is None, one))[-MARKS:]
    labels = [str(words.value(name)) if name is not None else words("page.unknown") for name in names]
    if block.split is not None:
        series = _split(block, rows, names, words)
    else:
        series = [
            Series(words.column(measure), tone, [_sum(rows, block.category, name, measure) for name in names])
            for measure, tone in zip(block.measures, block.tones, strict=False)
        ]
    if block.kind == "line":
        return line(labels, series[0].values, top_value=100)
    return bars(labels, series) if block.kind == "bars" else columns(labels, series)


def _split(block: Block, rows: Sequence[Record], names: Sequence[str | None], words: Words) -> Sequence[Series]:
    assert block.split is not None  # noqa: S101 - asked before
    (measure,) = block.measures
    values = most(rows, block.split, measure)
    groups = [(str(words.value(value or words("page.unknown"))), [value]) for value in values[:SPLITS]]
    if values[SPLITS:]:
        groups.append((words("value.others"), values[SPLITS:]))
    return [
        Series(
            label,
            f"t{place}",
            [
                _sum([row for row in rows if row[block.split] in members], block.category, name, measure)
                for name in names
            ],
        )
        for place, (label, members) in enumerate(groups)
    ]


def _sum(rows: Sequence[Record], category: str, name: str | None, measure: str) -> float:
    return float(sum((row[measure] or 0 for row in rows if row[category] == name), Decimal(0)))
