"""Several runs of the same rows as one table: the median, how far the runs lay apart, the limit, the bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

from tests.bench.bench import Row

_DECIMALS = {"/s": 0, "ms": 1, "s": 2, "MB": 0}


@dataclass(frozen=True, slots=True)
class Summary:
    """One row of the table: medians over the runs; the ratio is the median of the ratios of each run."""

    row: Row
    least: float
    most: float
    ratio: float | None

    @property
    def ok(self) -> bool | None:
        """Whether the median reaches the bar; None where there is no bar."""
        if self.row.bar is None:
            return None
        return self.row.figure <= self.row.bar if self.row.less_is_better else self.row.figure >= self.row.bar


def summaries(rows: Sequence[Row]) -> list[Summary]:
    """Put the runs of each row together, in the order in which the rows came first."""
    runs: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        runs.setdefault((row.what, row.limit), []).append(row)
    return [_summary(same) for same in runs.values()]


def _summary(runs: Sequence[Row]) -> Summary:
    first = runs[0]
    figures = [row.figure for row in runs]
    limits = [row.at_limit for row in runs if row.at_limit is not None]
    ratios = [row.figure / row.at_limit for row in runs if row.at_limit]
    middle = Row(
        what=first.what,
        figure=median(figures),
        unit=first.unit,
        limit=first.limit,
        at_limit=median(limits) if limits else None,
        bar=first.bar,
        less_is_better=first.less_is_better,
    )
    return Summary(middle, min(figures), max(figures), median(ratios) if ratios else None)


def table(found: Sequence[Summary], runs: int) -> Table:
    """Return the table as it is printed."""
    shown = Table(title=f"Median of {runs} run{'s' if runs > 1 else ''}", title_justify="left")
    for heading in ("what", "figure", "limit"):
        shown.add_column(heading, overflow="fold")
    for heading in ("ratio", "bar", "ok?"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for summary in found:
        shown.add_row(*_cells(summary))
    return shown


def _cells(summary: Summary) -> tuple[str, ...]:
    row = summary.row
    figure = _number(row.figure, row.unit)
    if summary.least != summary.most:
        figure += f" [dim]({_bare(summary.least, row.unit)} to {_bare(summary.most, row.unit)})[/dim]"
    limit = f"{row.limit}: {_number(row.at_limit, row.unit)}" if row.at_limit is not None else row.limit
    ratio = f"{summary.ratio:.2f}" if summary.ratio is not None else ""
    bar = f"{'<' if row.less_is_better else '>='} {_number(row.bar, row.unit)}" if row.bar is not None else ""
    ok = {None: "", True: "[green]yes[/green]", False: "[red]NO[/red]"}[summary.ok]
    return row.what, figure, limit, ratio, bar, ok


def _number(value: float, unit: str) -> str:
    return f"{_bare(value, unit)}{'' if unit.startswith('/') else ' '}{unit}"


def _bare(value: float, unit: str) -> str:
    return f"{value:,.{_DECIMALS[unit]}f}"
