"""Somebody who reads every published table and solves for what is withheld, knowing how the tables hang together.

Nothing here is shared with the product: the tables are read as they were printed, and the bounds come from an exact
simplex over fractions. The answer is at least as sharp as adding and subtracting can be.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product

from services.reporting.domain.tables import ALL, WITHHELD

Name = tuple[str, ...]
"""A number: its report, its measure, and `axis=value` of what it counts; a total has no values."""

Line = tuple[Mapping[Name, int], int]
"""What is known of several numbers: their weighted sum."""


class Attacker:
    """Collects what is printed, then bounds each number that is not."""

    def __init__(self) -> None:
        self.known: dict[Name, int] = {}
        self.unknown: set[Name] = set()
        self.lines: list[Mapping[Name, int]] = []
        self.implied: set[Name] = set()

    def read(self, report: str, axes: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Take in a table of counts, by its axes, whose values add up to the margins if it prints any."""
        measures = columns[len(axes) :]
        for row in rows:
            for measure, value in zip(measures, row[len(axes) :], strict=True):
                self.note((report, measure, *_labels(axes, row)), value)
        for place, axis in enumerate(axes):
            self._margins(report, axes, place, [row[: len(axes)] for row in rows], measures[0])
            assert axis == columns[place]

    def note(self, name: Name, value: object) -> None:
        """Take in one number, or that it is withheld."""
        if value == WITHHELD:
            self.unknown.add(name)
        else:
            assert isinstance(value, int)
            assert self.known.setdefault(name, value) == value, "one number, printed twice, is not the same"

    def implies(self, total: Name, part: Name) -> None:
        """Know that a number is part of another; what is not in it is a number to find, too."""
        rest = (*part, "not")
        self.implied.add(rest)
        self.unknown.update((part, rest))
        self.lines.append({total: -1, part: 1, rest: 1})

    def spans(self) -> Mapping[Name, tuple[Fraction, Fraction | None]]:
        """Return the lowest and the highest value (None: no bound) that each withheld number may have."""
        found: dict[Name, tuple[Fraction, Fraction | None]] = {}
        for names, lines in self._groups():
            reduced = [self._reduced(line, names) for line in lines]
            found.update(zip(names, bounds(reduced, len(names)), strict=True))
        return found

    def _groups(self) -> Sequence[tuple[Sequence[Name], Sequence[Mapping[Name, int]]]]:
        """Part what is unknown into groups that no line connects: each can be solved for itself."""
        groups: list[tuple[set[Name], list[Mapping[Name, int]]]] = [
            ({name}, []) for name in self.unknown - {*self.known}
        ]
        for line in self.lines:
            joined = [group for group in groups if group[0] & line.keys()]
            if joined:
                groups = [group for group in groups if group not in joined]
                groups.append(
                    (set().union(*(one[0] for one in joined)), [line, *(x for one in joined for x in one[1])])
                )
        return [(sorted(names), lines) for names, lines in groups]

    def _margins(
        self, report: str, axes: Sequence[str], place: int, labels: Sequence[Sequence[object]], measure: str
    ) -> None:
        values = [list(dict.fromkeys(str(label[other]) for label in labels)) for other in range(len(axes))]
        if ALL not in values[place]:
            return
        for labelled in product(*(found if other != place else [ALL] for other, found in enumerate(values))):
            parts = [[*labelled[:place], value, *labelled[place + 1 :]] for value in values[place] if value != ALL]
            names = [(report, measure, *_labels(axes, part)) for part in parts]
            self.lines.append({(report, measure, *_labels(axes, labelled)): -1, **dict.fromkeys(names, 1)})

    def _reduced(self, line: Mapping[Name, int], names: Sequence[Name]) -> tuple[list[int], int]:
        told = sum(weight * self.known[name] for name, weight in line.items() if name in self.known)
        return [line.get(name, 0) for name in names], -told


def _labels(axes: Sequence[str], row: Sequence[object]) -> Sequence[str]:
    return [f"{axis}={value}" for axis, value in zip(axes, row, strict=False) if value != ALL]


def bounds(lines: Sequence[tuple[Sequence[int], int]], width: int) -> Sequence[tuple[Fraction, Fraction | None]]:
    """Return for each of `width` numbers from zero on the least and the largest value under all lines."""
    if not lines:
        return [(Fraction(0), None)] * width
    table, basis = _feasible(lines, width)
    found = []
    for column in range(width):
        low = _least(table, basis, [Fraction(int(place == column)) for place in range(width)])
        high = _least(table, basis, [Fraction(-int(place == column)) for place in range(width)])
        assert low is not None
        found.append((low, None if high is None else -high))
    return found


def _feasible(lines: Sequence[tuple[Sequence[int], int]], width: int) -> tuple[list[list[Fraction]], list[int]]:
    table = []
    for place, (weights, value) in enumerate(lines):
        sign = -1 if value < 0 else 1
        helpers = [Fraction(int(other == place)) for other in range(len(lines))]
        table.append([Fraction(sign * weight) for weight in weights] + helpers + [Fraction(sign * value)])
    basis = [width + place for place in range(len(lines))]
    cost = [Fraction(0)] * width + [Fraction(1)] * len(lines)
    assert _least(table, basis, cost) == 0, "what is printed contradicts itself"
    for place in range(len(lines)):
        if basis[place] >= width:
            column = next((one for one in range(width) if table[place][one]), None)
            if column is not None:
                _pivot(table, basis, place, column)
    kept = [place for place in range(len(lines)) if basis[place] < width]
    return [[*table[place][:width], table[place][-1]] for place in kept], [basis[place] for place in kept]


def _least(table: list[list[Fraction]], basis: list[int], cost: Sequence[Fraction]) -> Fraction | None:
    """Walk to the least value of a cost (Bland's rule, so it ends); None if there is none."""
    while True:
        reduced = list(cost)
        for line, column in zip(table, basis, strict=True):
            if cost[column]:
                reduced = [have - cost[column] * weight for have, weight in zip(reduced, line, strict=False)]
        entering = next((column for column, value in enumerate(reduced) if value < 0), None)
        if entering is None:
            return sum((cost[column] * line[-1] for line, column in zip(table, basis, strict=True)), Fraction(0))
        ratios = [(line[-1] / line[entering], basis[row], row) for row, line in enumerate(table) if line[entering] > 0]
        if not ratios:
            return None
        _pivot(table, basis, min(ratios)[2], entering)


def _pivot(table: list[list[Fraction]], basis: list[int], row: int, column: int) -> None:
    head = table[row][column]
    table[row] = [value / head if value else value for value in table[row]]
    for other, line in enumerate(table):
        factor = line[column]
        if other != row and factor:
            table[other] = [a - factor * b if b else a for a, b in zip(line, table[row], strict=True)]
    basis[row] = column
