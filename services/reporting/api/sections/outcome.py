"""What comes of it: money for workers, and answers of those who were asked."""

from collections.abc import Sequence

from services.reporting.api.charts import Chart, Series, bars, line
from services.reporting.api.dashboard import QUESTIONS, Figured, Section, Table, csv_of, number
from services.reporting.api.rows import Record, most, records
from services.reporting.api.wording import Words

MEASURES = (("claimed", "t5"), ("assessed", "t1"), ("paid", "main"), ("verified", "verified"))
QUARTERS = 12
ORGANISATIONS = 15


def money(figures: Figured, words: Words) -> Section:
    """Return money by currency: claimed, assessed, paid, and verified with the worker."""
    rows = records(figures["money"])
    columns = ("currency", "claimed", "assessed", "paid", "verified", "promises", "paid_in_full", "penalty_paid")
    return Section(
        anchor="money",
        title=words("section.money.title"),
        sentence=words("section.money.sentence"),
        drawing=words(
            "chart.bars",
            measures=", ".join(words.column(measure) for measure, _ in MEASURES),
            category=words.column("currency"),
        ),
        chart=_amounts(rows, words),
        table=Table([*map(words.column, columns)], [[row[name] for name in columns] for row in rows]),
        csv=csv_of(QUESTIONS["money"]),
        definition=figures["money"].definition,
        note=words("section.money.note"),
    )


def answers(figures: Figured, words: Words) -> Section:
    """Return the share of requests answered in time, quarter by quarter."""
    quarters = records(figures["quarters"])[-QUARTERS:]
    names = [row["quarter"] for row in quarters]
    rows = [row for row in records(figures["answers"]) if row["quarter"] in set(names)]
    return Section(
        anchor="answers",
        title=words("section.answers.title"),
        sentence=words("section.answers.sentence"),
        drawing=words("chart.line", measures=words.column("percent_in_time"), category=words.column("quarter")),
        csv=csv_of(QUESTIONS["answers"]),
        chart=line(names, [float(row["percent_in_time"]) for row in quarters], top_value=100),
        table=Table([words.column("organisation"), *names], _by_organisation(quarters, rows, words) if names else []),
        definition=figures["answers"].definition,
        note=words("section.answers.note", organisations=ORGANISATIONS),
    )


def _amounts(rows: Sequence[Record], words: Words) -> Chart:
    names, written, parts = [], [], []
    for row in rows:
        largest = max(*(row[measure] for measure, _ in MEASURES), 1)
        for measure, _ in MEASURES:
            names.append(f"{row['currency']} {words.column(measure)}")
            written.append(number(row[measure]))
            parts.append((measure, float(row[measure] / largest)))
    series = [
        Series(words.column(measure), tone, [share if of == measure else 0 for of, share in parts])
        for measure, tone in MEASURES
    ]
    return bars(names, series, left=150, written=written)


def _by_organisation(quarters: Sequence[Record], rows: Sequence[Record], words: Words) -> Sequence[Sequence[object]]:
    cells = {(row["organisation"], row["quarter"]): _share(row, words) for row in rows}
    names = most(rows, "organisation", "requests")[:ORGANISATIONS]
    everybody = [words("page.all"), *(_share(row, words) for row in quarters)]
    return [everybody, *([name, *(cells.get((name, row["quarter"])) for row in quarters)] for name in names)]


def _share(row: Record, words: Words) -> str:
    return words("tile.of", part=row["in_time"], whole=row["requests"])
