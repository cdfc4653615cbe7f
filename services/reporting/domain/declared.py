"""What a definition declares of its columns and of the tables that may leave the house; names are never guessed at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["count", "sum", "money", "rate", "median", "extreme", "mixed"]
"""An `extreme` is one contributor's own number, a `mixed` column holds several kinds: neither ever leaves the house."""

Form = Literal["total", "cross", "each", "rows"]
"""`total`: one row of measures. `cross`: a count by one or two axes, with margins. `each`: a count by an axis whose
values a case may have several of. `rows`: measures for each value that is large enough, never added up."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A column that is not a group; `of` are the columns that it stands on and is hidden with."""

    name: str
    kind: Kind
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """A count that is the sum of others; not `whole` when the declared parts leave a rest."""

    total: str
    parts: tuple[str, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Publication:
    """A table that may leave the house, in the shape of its `form`."""

    form: Form
    axes: tuple[str, ...]
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """The values of a column, fixed beforehand; anything else, and nothing, stands under `rest`."""

    values: tuple[str, ...]
    rest: str | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Every value with the rest."""
        return self.values if self.rest is None else (*self.values, self.rest)

    def label(self, value: str | None) -> str:
        """Return where a value stands; `KeyError` for an unknown one if there is no rest."""
        if value in self.values:
            return str(value)
        if self.rest is None:
            raise KeyError(value)
        return self.rest


Axes = Mapping[str, Axis]
"""The axes by column. A column without an axis is open, and cannot leave the house."""

Rows = Sequence[Mapping[str, object]]
"""Rows of a figure by the names of their columns."""
