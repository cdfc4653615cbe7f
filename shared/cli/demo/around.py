"""What surrounds the cases: who supplies whom, sites with headcounts, what workers say of organisations."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from shared.cli.demo.cast import ORGANISATIONS, Organisation

QUARTERS = 5
"""Counts of each site: one before the year begins, and one for each quarter of it."""
REVIEWS = (10, 14)
"""Reviews of an organisation, at least and at most; from ten on their mean is shown."""
_QUARTER = timedelta(days=91)
_ASPECTS = {
    "employer": ("pay", "hours", "safety", "respect", "overall"),
    "recruiter": ("no-fees", "honest-recruitment", "overall"),
    "broker": ("no-fees", "honest-recruitment", "overall"),
}


@dataclass(frozen=True, slots=True)
class Count:
    """So many workers at a site from a moment on."""

    at: datetime
    workers: int


@dataclass(frozen=True, slots=True)
class Site:
    """A place of work of an organisation."""

    organisation: str
    name: str
    at: datetime
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """What a worker says, and whether the person who looks at it lets it count."""

    organisation: str
    number: int
    at: datetime
    body: dict[str, Any]
    rejected: str | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything around the cases of a year."""

    supplies: tuple[tuple[str, str], ...]
    """Supplier and buyer."""
    sites: tuple[Site, ...]
    reviews: tuple[Review, ...]

    @property
    def size(self) -> int:
        """How many things there are to do: each review is taken in and looked at."""
        return len(self.supplies) + sum(1 + len(site.counts) for site in self.sites) + 2 * len(self.reviews)


def surroundings(seed: int, anchor: datetime) -> Surroundings:
    """Draw what surrounds the year that ends at `anchor`; the same for the same seed."""
    begins = anchor - QUARTERS * _QUARTER
    return Surroundings(
        supplies=tuple((one.name, one.buyer) for one in ORGANISATIONS if one.buyer is not None),
        sites=tuple(site for one in ORGANISATIONS for site in _sites(one, seed, begins)),
        reviews=tuple(review for one in ORGANISATIONS for review in _reviews(one, seed, anchor)),
    )


def _sites(organisation: Organisation, seed: int, begins: datetime) -> Iterator[Site]:
    for name in organisation.sites:
        rng = Random(f"{seed}:{organisation.name}:{name}")  # noqa: S311 - a play, not a secret
        workers = rng.randrange(180, 2_400)
        counts = []
        for quarter in range(QUARTERS):
            counts.append(Count(begins + quarter * _QUARTER, workers))
            workers = round(workers * rng.uniform(0.88, 1.14))
        yield Site(organisation.name, name, begins, tuple(counts))


def _reviews(organisation: Organisation, seed: int, anchor: datetime) -> Iterator[Review]:
    aspects = _ASPECTS.get(organisation.kind)
    if aspects is None:
        return
    rng = Random(f"{seed}:{organisation.name}:reviews")  # noqa: S311 - a play, not a secret
    usual = rng.uniform(1.6, 4.2)
    for number in range(rng.randint(*REVIEWS)):
        stars = {aspect: min(5, max(1, round(rng.gauss(usual, 0.9)))) for aspect in aspects}
        body = {"channel": "app", "reviewer": f"demo-{seed}-{number:03d}", "stars": stars}
        rejected = "It is about another company." if number == REVIEWS[0] else None
        yield Review(organisation.name, number, anchor - timedelta(days=rng.randrange(3, 300)), body, rejected)
