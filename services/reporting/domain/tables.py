"""Tables that may leave the house: numbers where they are safe, `withheld` where they are not."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from operator import itemgetter

from services.reporting.domain.complement import complemented
from services.reporting.domain.declared import Axes, Axis, Measure, Publication, Rows, Sum
from services.reporting.domain.network import Network, grid, line
from services.reporting.domain.rules import Rule, Shares, shares_of

WITHHELD = "withheld"
"""What stands in the place of a hidden number, whether it is small itself or keeps a small one hidden: nobody can tell
which. It is never 0 and never empty."""

ALL = "all"
"""The label of a margin: all values of an axis together."""

CONTRIBUTOR = "contributor"
"""The column that says whose each number is; it never leaves the house."""

Ladder = Sequence[Rule]
"""The rules from the least strict audience to the one that is told: each hides what those before it hide."""


@dataclass(frozen=True, slots=True)
class Source:
    """A figure before anything is hidden: `shares` one row for each contributor, `values` as staff would see them."""

    measures: Mapping[str, Measure]
    sums: Sequence[Sum]
    shares: Rows
    values: Rows


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """What is left: rows of labels and numbers, and how many numbers are withheld."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    withheld: int


def published(publication: Publication, source: Source, axes: Axes, ladder: Ladder) -> PublishedTable | None:
    """Return the table; None if the deployment has fixed no values for any of its axes."""
    match publication.form:
        case "total":
            told = _measures(publication.measures, source, ladder, {})
            return _table(publication.measures, [(*told.values(),)], 0)
        case "rows":
            return _rows(publication, source, ladder)
        case "cross" | "each":
            used = [(name, axes[name]) for name in publication.axes if name in axes]
            if not used:
                return None
            (measure,) = publication.measures
            form = _each if publication.form == "each" else _cross
            return form(measure, [name for name, _ in used], [axis for _, axis in used], source, ladder)


def _cross(measure: str, names: Sequence[str], axes: Sequence[Axis], source: Source, ladder: Ladder) -> PublishedTable:
    pairs: defaultdict[tuple[str, ...], list[tuple[Hashable, Decimal]]] = defaultdict(list)
    for row in filter(itemgetter(measure), source.shares):
        labels = [axis.label(_text(row[name])) for name, axis in zip(names, axes, strict=True)]
        for place in product(*((label, ALL) for label in labels)):
            pairs[place].append(_share(row, measure))
    places = _places(axes)
    shares = [shares_of(pairs[place]) for place in places]
    values = [int(_sum(one)) for one in shares]
    hidden = _hidden(_network(values, axes), shares, ladder)
    told = [WITHHELD if arc in hidden else value for arc, value in enumerate(values)]
    return _table((*names, measure), [(*place, value) for place, value in zip(places, told, strict=True)], len(names))


def _places(axes: Sequence[Axis]) -> Sequence[tuple[str, ...]]:
    """Return the labels of every number in the order of the arcs of its network."""
    if len(axes) == 1:
        return [(label,) for label in (*axes[0].labels, ALL)]
    down, across = (axis.labels for axis in axes)
    return [*product(down, across), *((label, ALL) for label in down), *((ALL, label) for label in across), (ALL, ALL)]


def _network(values: Sequence[int], axes: Sequence[Axis]) -> Network:
    if len(axes) == 1:
        return line(tuple(values[:-1]))
    down, across = (len(axis.labels) for axis in axes)
    return grid(tuple(tuple(values[row * across : (row + 1) * across]) for row in range(down)))


def _hidden(network: Network, shares: Sequence[Shares], ladder: Ladder) -> frozenset[int]:
    """Return the arcs to hide; `shares` are those of each arc, the last is the total, without which nothing is told."""
    hidden: frozenset[int] = frozenset()
    for rule in ladder:
        if rule.small(shares[-1]):
            return frozenset(range(len(shares)))
        small = {arc for arc, one in enumerate(shares) if rule.small(one)}
        hidden = complemented(network, hidden | small, rule.threshold)
    return hidden


def _each(measure: str, names: Sequence[str], axes: Sequence[Axis], source: Source, ladder: Ladder) -> PublishedTable:
    """Tell a count by values that a case may have several of, or none: they add up to nothing that is told.

    So a hidden number may be anything up to the total, and only itself and those without the value must not be small.
    """
    (name,), (axis,) = names, axes
    pairs: defaultdict[str, list[tuple[Hashable, Decimal]]] = defaultdict(list)
    for row in source.shares:
        if row[name] in axis.values:
            pairs[str(row[name])].append(_share(row, measure))
    everybody = {str(row[CONTRIBUTOR]) for row in source.shares if row[measure]}
    rows: list[tuple[object, ...]] = []
    for label in axis.values:
        shares = shares_of(pairs[label])
        without = shares_of((one, 1) for one in everybody if one not in shares)
        hidden = any(rule.small(shares) or rule.small(without) for rule in ladder)
        rows.append((label, WITHHELD if hidden else int(_sum(shares))))
    return _table((name, measure), rows, 1)


def _rows(publication: Publication, source: Source, ladder: Ladder) -> PublishedTable:
    """Tell measures of each value; one of which nothing may be told is not listed: that it occurs is a fact, too."""
    (name,) = publication.axes
    rows: list[tuple[object, ...]] = []
    for value in sorted({str(row[name]) for row in source.shares}):
        told = _measures(publication.measures, source, ladder, {name: value})
        if any(one != WITHHELD for one in told.values()):
            rows.append((value, *told.values()))
    return _table((name, *publication.measures), rows, 1)


def _measures(names: Sequence[str], source: Source, ladder: Ladder, where: Mapping[str, str]) -> Mapping[str, object]:
    """Return the measures of one row, `withheld` for what is small, dominated, or stands on what is."""
    mine = [row for row in source.shares if all(row[key] == value for key, value in where.items())]
    shares = {
        name: shares_of(_share(row, name) for row in mine)
        for name, measure in source.measures.items()
        if measure.kind in {"count", "sum", "money"}
    }
    hidden = _hidden_measures(source, shares, ladder)
    values = next((row for row in source.values if all(row[key] == value for key, value in where.items())), {})
    return {name: WITHHELD if name in hidden else _value(name, source, shares, values) for name in names}


def _hidden_measures(source: Source, shares: Mapping[str, Shares], ladder: Ladder) -> set[str]:
    hidden: set[str] = set()
    for total in source.sums:
        hidden |= _hidden_parts(total, shares, ladder)
    for name, measure in source.measures.items():
        if measure.kind == "count" and any(rule.small(shares[name]) for rule in ladder):
            hidden.add(name)
        if measure.kind in {"sum", "money"} and any(rule.dominated(shares[name]) for rule in ladder):
            hidden.add(name)
    for name, measure in source.measures.items():
        if measure.kind in {"extreme", "mixed"} or hidden.intersection(measure.of):
            hidden.add(name)
    return hidden


def _hidden_parts(total: Sum, shares: Mapping[str, Shares], ladder: Ladder) -> set[str]:
    parts = [shares[name] for name in total.parts]
    if not total.whole:
        parts.append(_rest(shares[total.total], parts))
    network = line(tuple(int(_sum(one)) for one in parts))
    hidden = _hidden(network, [*parts, shares[total.total]], ladder)
    return {name for arc, name in enumerate(total.parts) if arc in hidden} | (
        {total.total} if len(parts) in hidden else set()
    )


def _rest(whole: Shares, parts: Iterable[Shares]) -> Shares:
    """Return what of a total is in none of its declared parts."""
    left = shares_of([*whole.items(), *((one, -value) for part in parts for one, value in part.items())])
    return {one: value for one, value in left.items() if value}


def _value(name: str, source: Source, shares: Mapping[str, Shares], values: Mapping[str, object]) -> object:
    match source.measures[name].kind:
        case "count" | "sum":
            return int(_sum(shares[name]))
        case "money":
            return _sum(shares[name])
        case _:
            return values[name]


def _share(row: Mapping[str, object], measure: str) -> tuple[Hashable, Decimal]:
    value = row[measure]
    assert isinstance(value, int | Decimal)  # noqa: S101 - what is counted or summed is a number
    return str(row[CONTRIBUTOR]), Decimal(value)


def _sum(shares: Shares) -> Decimal:
    return sum(shares.values(), Decimal(0))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _table(columns: Sequence[str], rows: Sequence[tuple[object, ...]], labels: int) -> PublishedTable:
    withheld = sum(value == WITHHELD for row in rows for value in row[labels:])
    return PublishedTable(tuple(columns), tuple(rows), withheld)
