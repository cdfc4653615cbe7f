"""The report of a year for an audience: its quarters side by side, what each number means, and what is withheld.

It is made of editions only. A sum over the year stands where all its quarters are told, so that it gives nothing away
that they do not.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.reporting.domain.audience import Audience
from services.reporting.domain.quarters import Quarter
from services.reporting.domain.rules import Rule
from services.reporting.domain.tables import WITHHELD
from services.reporting.views.definitions import Definition
from services.reporting.views.editions import Edition, EditionTable

_ADDED = frozenset({"count", "sum", "money"})
_QUARTERS = 4


@dataclass(frozen=True, slots=True)
class AnnualTable:
    """One table of the year: labels, the measure, a number for each quarter, and the sum where there is one."""

    name: str
    definition: Definition
    labels: tuple[str, ...]
    rows: Sequence[tuple[tuple[str, ...], str, tuple[object, ...], object]]


@dataclass(frozen=True, slots=True)
class Suppressed:
    """How many numbers of a table of a quarter were told, and how many withheld."""

    quarter: str
    table: str
    told: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Annual:
    """Everything that one audience may know of one year."""

    year: int
    audience: Audience
    rule: Rule
    quarters: tuple[Quarter, ...]
    tables: Sequence[AnnualTable]
    suppressed: Sequence[Suppressed]

    @property
    def whole(self) -> bool:
        """Whether all four quarters are over."""
        return len(self.quarters) == _QUARTERS

    @property
    def definitions(self) -> Sequence[Definition]:
        """Every definition that a table is counted by, once."""
        return list({table.definition.name: table.definition for table in self.tables}.values())

    @property
    def stamp(self) -> str:
        """SHA-256 over every number with its definition: the same for ever, and another if a digit is."""
        words = [f"{self.year} {self.audience} {self.rule.threshold}"]
        for table in self.tables:
            words.append(f"{table.name} {table.definition.sha256}")
            words += [f"{labels} {measure} {numbers} {total}" for labels, measure, numbers, total in table.rows]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()


def annual(year: int, editions: Sequence[Edition]) -> Annual:
    """Put the editions of a year, in their order, into one report."""
    first = editions[0]
    names = dict.fromkeys(table.name for edition in editions for table in edition.tables)
    return Annual(
        year=year,
        audience=first.audience,
        rule=first.rule,
        quarters=tuple(edition.quarter for edition in editions),
        tables=[_table(name, editions) for name in names],
        suppressed=[_suppressed(edition, table) for edition in editions for table in edition.tables],
    )


def _table(name: str, editions: Sequence[Edition]) -> AnnualTable:
    found = [next((one for one in edition.tables if one.name == name), None) for edition in editions]
    first = next(table for table in found if table is not None)
    labels = tuple(one for one in first.publication.axes if one in first.table.columns)
    kinds = {measure.name: measure.kind for measure in first.definition.measures}
    cells = [{} if table is None else _cells(table, len(labels)) for table in found]
    keys = dict.fromkeys(key for one in cells for key in one)
    rows = []
    for key, measure in keys:
        numbers = tuple(one.get((key, measure), WITHHELD) for one in cells)
        rows.append((key, measure, numbers, _sum(numbers) if kinds.get(measure) in _ADDED else None))
    return AnnualTable(name, first.definition, labels, rows)


def _cells(table: EditionTable, labels: int) -> Mapping[tuple[tuple[str, ...], str], object]:
    measures = table.table.columns[labels:]
    return {
        (tuple(str(one) for one in row[:labels]), measure): value
        for row in table.table.rows
        for measure, value in zip(measures, row[labels:], strict=True)
    }


def _sum(numbers: Sequence[object]) -> object:
    told = [one for one in numbers if isinstance(one, int | Decimal)]
    return sum(told, Decimal(0)) if len(told) == len(numbers) else WITHHELD


def _suppressed(edition: Edition, table: EditionTable) -> Suppressed:
    labels = sum(one in table.table.columns for one in table.publication.axes)
    numbers = sum(len(row) - labels for row in table.table.rows)
    return Suppressed(edition.quarter.name, table.name, numbers - table.table.withheld, table.table.withheld)
