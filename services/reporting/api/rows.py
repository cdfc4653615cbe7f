"""Rows of figures by the names of their columns, added up and put in order."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.reporting.views.questions import Figure

Record = Mapping[str, Any]


def records(figure: Figure) -> Sequence[Record]:
    """Return the rows of a figure with their names."""
    return [dict(zip(figure.columns, row, strict=True)) for row in figure.rows]


def total(figure: Figure) -> Record:
    """Return the only row of a figure over everything; empty when there is nothing."""
    found = records(figure)
    return found[0] if found else {}


def most(rows: Sequence[Record], key: str, *measures: str) -> list[str | None]:
    """Return the values of a column, those with the largest sums first."""
    weights: dict[str | None, tuple[int, ...]] = {}
    for row in rows:
        held = weights.get(row[key], (0,) * len(measures))
        weights[row[key]] = tuple(have + row[name] for have, name in zip(held, measures, strict=True))
    return sorted(weights, key=lambda value: (*(-weight for weight in weights[value]), value is None, value or ""))


def summed(rows: Sequence[Record], measure: str, **wanted: Sequence[str | None]) -> int:
    """Add a measure up over the rows whose columns hold one of the wanted values."""
    return sum(row[measure] for row in rows if all(row[key] in values for key, values in wanted.items()))
