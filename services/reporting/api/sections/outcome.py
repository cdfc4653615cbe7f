"""What comes of it: money for workers, and answers of those who were asked."""

from collections.abc import Sequence

from services.reporting.api.charts import Chart, Series, bars, line
from services.reporting.api.dashboard import Figured, Section, Table, number
from services.reporting.api.sections.rows import Record, most, records

MEASURES = (("claimed", "t5"), ("assessed", "t1"), ("paid", "main"), ("verified", "verified"))
QUARTERS = 12
ORGANISATIONS = 15


def money(figures: Figured) -> Section:
    """Return money by currency: claimed, assessed, paid, and verified with the worker."""
    rows = records(figures["money"])
    columns = ("currency", "claimed", "assessed", "paid", "verified", "promises", "paid_in_full", "penalty_paid")
    return Section(
        anchor="money",
        title="Money claimed, assessed, paid",
        sentence="Currencies are never added together. A penalty to the state is no money to workers: it stands apart.",
        drawing="Bars for each currency: claimed, assessed, paid and verified, drawn against the largest of the four.",
        chart=_amounts(rows),
        table=Table(
            ["Currency", "Claimed", "Assessed", "Paid", "Verified", "Promises", "Paid in full", "Penalties to states"],
            [[row[name] for name in columns] for row in rows],
        ),
        definition=figures["money"].definition,
        note="Each currency has a scale of its own.",
    )


def answers(figures: Figured) -> Section:
    """Return the share of requests answered in time, quarter by quarter."""
    quarters = records(figures["quarters"])[-QUARTERS:]
    names = [row["quarter"] for row in quarters]
    rows = [row for row in records(figures["answers"]) if row["quarter"] in set(names)]
    return Section(
        anchor="answers",
        title="Who answers in time",
        sentence="Of the requests due in a quarter, the share answered in time. Every quarter stands for itself.",
        drawing="A line over the quarters: the percentage of requests answered in time.",
        chart=line(names, [float(row["percent_in_time"]) for row in quarters], top_value=100),
        table=Table(["Organisation", *names], _by_organisation(quarters, rows) if names else []),
        definition=figures["answers"].definition,
        note=f"Table: answered in time, of requests due; the {ORGANISATIONS} organisations asked most.",
    )


def _amounts(rows: Sequence[Record]) -> Chart:
    names, written, parts = [], [], []
    for row in rows:
        largest = max(*(row[measure] for measure, _ in MEASURES), 1)
        for measure, _ in MEASURES:
            names.append(f"{row['currency']} {measure}")
            written.append(number(row[measure]))
            parts.append((measure, float(row[measure] / largest)))
    series = [
        Series(measure, tone, [share if of == measure else 0 for of, share in parts]) for measure, tone in MEASURES
    ]
    return bars(names, series, left=150, written=written)


def _by_organisation(quarters: Sequence[Record], rows: Sequence[Record]) -> Sequence[Sequence[object]]:
    cells = {(row["organisation"], row["quarter"]): _share(row) for row in rows}
    names = most(rows, "organisation", "requests")[:ORGANISATIONS]
    everybody = ["All", *(_share(row) for row in quarters)]
    return [everybody, *([name, *(cells.get((name, row["quarter"])) for row in quarters)] for name in names)]


def _share(row: Record) -> str:
    return f"{row['in_time']} of {row['requests']}"
