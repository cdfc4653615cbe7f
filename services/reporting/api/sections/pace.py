"""What pace is kept: the time to close, and the duties that are overdue."""

from collections.abc import Mapping

from services.reporting.api.charts import Series, bars, columns
from services.reporting.api.dashboard import QUESTIONS, Figured, Section, Table, csv_of, number
from services.reporting.api.rows import records, summed, total
from services.reporting.api.wording import Words

SPANS: Mapping[str, str] = {
    "same_day": "same_day",
    "days_1_to_14": "1–14",
    "days_15_to_30": "15–30",
    "days_31_to_60": "31–60",
    "days_61_to_90": "61–90",
    "days_91_to_180": "91–180",
    "days_181_to_360": "181–360",
    "days_over_360": "over_360",
}


def closing(figures: Figured, words: Words) -> Section:
    """Return how long closed cases took."""
    row = total(figures["closing"])
    labels, counts = [str(words.value(label)) for label in SPANS.values()], [row.get(name, 0) for name in SPANS]
    half, most_of_them = number(row.get("median_days")), number(row.get("p90_days"))
    return Section(
        anchor="closing",
        title=words("section.closing.title"),
        sentence=words(
            "section.closing.sentence",
            closed=number(row.get("closed", 0)),
            half=half,
            most=most_of_them,
            open=number(row.get("still_open", 0)),
        ),
        drawing=words("chart.columns", measures=words("value.closed_cases"), category=words.column("days")),
        chart=columns(labels, [Series(words("value.closed_cases"), "main", counts)]),
        table=Table(
            [words.column("days"), words.column("cases")], list(zip(labels, counts, strict=True)) if row else []
        ),
        csv=csv_of(QUESTIONS["closing"]),
        definition=figures["closing"].definition,
    )


def overdue(figures: Figured, words: Words) -> Section:
    """Return open duties, and which of them are late."""
    rows = records(figures["overdue"])
    names = [str(words.value(row["duty"])) for row in rows]
    late, pending = summed(rows, "overdue"), summed(rows, "open_duties")
    columns_ = ("open_duties", "overdue", "longest_days")
    return Section(
        anchor="overdue",
        title=words("section.overdue.title"),
        sentence=words("section.overdue.sentence", late=number(late), pending=number(pending)),
        drawing=words("chart.bars", measures=words.column("open_duties"), category=words.column("duty")),
        csv=csv_of(QUESTIONS["overdue"]),
        chart=bars(
            names,
            [
                Series(words("value.overdue"), "crisis", [row["overdue"] for row in rows]),
                Series(words("value.not_yet_due"), "calm", [row["open_duties"] - row["overdue"] for row in rows]),
            ],
        ),
        table=Table(
            [words.column("duty"), *map(words.column, columns_)],
            [[name, *(row[column] for column in columns_)] for name, row in zip(names, rows, strict=True)],
        ),
        definition=figures["overdue"].definition,
    )
