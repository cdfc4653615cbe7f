"""What pace is kept: the time to close, and the duties that are overdue."""

from collections.abc import Mapping

from services.reporting.api.charts import Series, bars, columns
from services.reporting.api.dashboard import Figured, Section, Table, number
from services.reporting.api.sections.rows import records, summed, total

SPANS: Mapping[str, str] = {
    "same_day": "under 1 d",
    "days_1_to_14": "1–14 d",
    "days_15_to_30": "15–30",
    "days_31_to_60": "31–60",
    "days_61_to_90": "61–90",
    "days_91_to_180": "91–180",
    "days_181_to_360": "181–360",
    "days_over_360": "over 360",
}
DUTIES: Mapping[str, str] = {
    "acknowledge": "Acknowledge the complaint",
    "assess": "Begin to assess",
    "answer": "Answer a request",
    "remedy": "Keep a promised remedy",
}


def closing(figures: Figured) -> Section:
    """Return how long closed cases took."""
    row = total(figures["closing"])
    labels, counts = list(SPANS.values()), [row.get(name, 0) for name in SPANS]
    half, most_of_them = number(row.get("median_days")), number(row.get("p90_days"))
    return Section(
        anchor="closing",
        title="How long it takes",
        sentence=f"Of {number(row.get('closed', 0))} closed cases half took {half} days or less, nine of ten "
        f"{most_of_them} or less. {number(row.get('still_open', 0))} cases are still open and not in these times.",
        drawing="Columns of closed cases by the days they took.",
        chart=columns(labels, [Series("closed cases", "main", counts)]),
        table=Table(["Days from opening to closing", "Cases"], list(zip(labels, counts, strict=True)) if row else []),
        definition=figures["closing"].definition,
    )


def overdue(figures: Figured) -> Section:
    """Return open duties, and which of them are late."""
    rows = records(figures["overdue"])
    names = [DUTIES.get(row["duty"], row["duty"]) for row in rows]
    late, pending = summed(rows, "overdue"), summed(rows, "open_duties")
    columns_ = ("open_duties", "overdue", "longest_days")
    return Section(
        anchor="overdue",
        title="What is owed, and overdue",
        sentence=f"{number(late)} of {number(pending)} open duties are past their time.",
        drawing="Bars, one for each kind of duty, of open duties: overdue and not yet due.",
        chart=bars(
            names,
            [
                Series("overdue", "crisis", [row["overdue"] for row in rows]),
                Series("not yet due", "calm", [row["open_duties"] - row["overdue"] for row in rows]),
            ],
        ),
        table=Table(
            ["Duty", "Open", "Overdue", "Worst, days past due"],
            [[name, *(row[column] for column in columns_)] for name, row in zip(names, rows, strict=True)],
        ),
        definition=figures["overdue"].definition,
    )
