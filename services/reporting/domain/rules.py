"""What is too small to be told: counts below a threshold, and sums that are mostly one contributor's."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

LEAST_THRESHOLD = 5

Shares = Mapping[Hashable, Decimal]
"""What each contributor (a case) brings into a number; a contributor of nothing is left out."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an audience may not learn: a count below `threshold`, or a sum with a share above `dominance`.

    The threshold is also the protection of what is hidden: nobody can narrow it to a span less wide.
    """

    threshold: int = 10
    dominance: Decimal = Decimal("0.7")

    def __post_init__(self) -> None:
        """Refuse a rule that protects nobody: `ValueError`."""
        if self.threshold < LEAST_THRESHOLD or not 0 < self.dominance < 1:
            raise ValueError(f"a threshold is at least {LEAST_THRESHOLD}, a dominance between 0 and 1")

    def small(self, shares: Shares) -> bool:
        """Whether a count is too small, be it of the things or of the cases they belong to; zero is."""
        return len(shares) < self.threshold or sum(shares.values()) < self.threshold

    def dominated(self, shares: Shares) -> bool:
        """Whether a sum is too few contributors', or mostly the largest one's."""
        whole = sum(shares.values(), Decimal(0))
        return len(shares) < self.threshold or max(shares.values()) > self.dominance * whole


def shares_of(pairs: Iterable[tuple[Hashable, Decimal | int | None]]) -> Shares:
    """Add up what each contributor brings; nothing and zero bring nobody in."""
    found: dict[Hashable, Decimal] = {}
    for contributor, value in pairs:
        if value:
            found[contributor] = found.get(contributor, Decimal(0)) + value
    return found
