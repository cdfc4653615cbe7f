"""Quarters of a year: the only periods for which anything leaves the house."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_NAME = re.compile(r"^(\d{4})-Q([1-4])$", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter in UTC: from `start`, before `end`."""

    year: int
    number: int

    @property
    def name(self) -> str:
        """As in `2026-Q1`."""
        return f"{self.year:04}-Q{self.number}"

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return self.next.start

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)  # noqa: PLR2004


def quarter_of(moment: datetime) -> Quarter:
    """Return the quarter of a moment."""
    at = moment.astimezone(UTC)
    return Quarter(at.year, (at.month + 2) // 3)


def quarter_named(name: str) -> Quarter | None:
    """Read a name as in `2026-Q1`; None if it is none."""
    found = _NAME.match(name)
    return Quarter(int(found[1]), int(found[2])) if found and int(found[1]) else None
