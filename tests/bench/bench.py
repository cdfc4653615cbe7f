"""What a measurement is given and gives back."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.ground import Engines


class BenchError(Exception):
    """A measurement is worthless: something was refused, lost or did not end."""


class MissingError(BenchError):
    """An engine cannot be had here, so what runs on it cannot be measured."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Where a measurement may write, and whether it must be short."""

    folder: Path
    """Lives as long as the whole bench; what a part leaves there, its later runs find again."""
    quick: bool
    engines: "Engines"
    simulated: Path | None = None
    """Where simulated systems lie that an earlier bench left, and where those made now stay."""

    def seconds(self, usual: float) -> float:
        """Return how long to load something."""
        return usual / 4 if self.quick else usual

    def number(self, usual: int) -> int:
        """Return how much to make of something."""
        return usual // 5 if self.quick else usual


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its limit. `bar` is the least that will do or, where less is better, the most."""

    what: str
    figure: float
    unit: str = "/s"
    limit: str = ""
    at_limit: float | None = None
    bar: float | None = None
    less_is_better: bool = False
