"""The attack on small numbers: every published table is read, subtracted and solved, and nothing small comes out."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.reporting.domain.audience import Audience
from services.reporting.domain.tables import ALL, WITHHELD
from services.reporting.views.editions import Edition
from services.reporting.views.warehouse import Warehouse
from shared.policy import default_policy
from tests.unit.reporting.attacker import Attacker
from tests.unit.reporting.figuring import ROWS
from tests.unit.reporting.publishing import (
    CHANNELS,
    LATER,
    QUARTER,
    RULES,
    SEVERITIES,
    Complaint,
    Office,
    population,
)

drawn = settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
cells = st.lists(st.sampled_from([0, 1, 3, 8, 9, 10, 11, 14, 25, 60]), min_size=15, max_size=15).filter(any)
chances = st.integers(0, 10_000).map(random.Random)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return Warehouse(tmp_path_factory.mktemp("editions"), ROWS, memory="256MB", threads=1)


def published(office: Office, warehouse: Warehouse) -> Mapping[Audience, Edition]:
    editions = office.editions(LATER, warehouse)
    return {audience: asyncio.run(editions.edition(QUARTER, audience)) for audience in RULES}


def read(attacker: Attacker, edition: Edition) -> None:
    """Read every table; what has margins is known to add up, a rate gives its share away."""
    for table in edition.tables:
        axes = [name for name in table.publication.axes if name in table.table.columns]
        counts = [name for name in table.table.columns if name not in {"percent_in_time", "median_days", "workers"}]
        if table.publication.form != "rows":
            places = [table.table.columns.index(name) for name in counts]
            attacker.read(table.definition.name, axes, counts, [[row[at] for at in places] for row in table.table.rows])
    attacker.implies(("responsiveness", "requests"), ("responsiveness", "in_time"))
    for issue in default_policy().issues:
        attacker.implies(("issues", "cases"), ("issues", "cases", f"issue={issue}"))


def pinned(attacker: Attacker, width: int) -> Sequence[tuple[str, ...]]:
    """Return the numbers that the attacker has narrowed below a width, but for implied ones that are large anyway."""
    return [
        name
        for name, (low, high) in attacker.spans().items()
        if high is not None and high - low < width and not (name in attacker.implied and low >= width)
    ]


@drawn
@given(cells=cells, chance=chances)
def test_no_withheld_number_can_be_narrowed_by_solving_all_published_tables(
    warehouse: Warehouse, tmp_path: Path, cells: Sequence[int], chance: random.Random
) -> None:
    office = Office(tmp_path)
    office.take(population(cells, chance))
    attacker = Attacker()

    read(attacker, published(office, warehouse)[Audience.PUBLIC])

    assert pinned(attacker, RULES[Audience.PUBLIC].threshold) == []
    assert all(value >= 10 for value in attacker.known.values())


@drawn
@given(cells=cells, chance=chances)
def test_a_partner_who_reads_the_public_tables_as_well_wins_nothing(
    warehouse: Warehouse, tmp_path: Path, cells: Sequence[int], chance: random.Random
) -> None:
    office = Office(tmp_path)
    office.take(population(cells, chance))
    alone, both = Attacker(), Attacker()

    editions = published(office, warehouse)
    read(alone, editions[Audience.PARTNER])
    read(both, editions[Audience.PARTNER])
    read(both, editions[Audience.PUBLIC])

    assert pinned(both, RULES[Audience.PARTNER].threshold) == []
    assert both.known == alone.known


def thresholded(complaints: Sequence[Complaint]) -> list[tuple[str, str, object]]:
    """Count plainly by channel and severity with margins, and withhold only what is small itself."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in complaints:
        counts.update(product((one.channel, ALL), (one.severity or "untriaged", ALL)))
    places = product((*CHANNELS, ALL), (*(severity or "untriaged" for severity in SEVERITIES), ALL))
    return [(*place, counts[place] if counts[place] >= 10 else WITHHELD) for place in places]


def test_the_same_attack_succeeds_where_only_small_numbers_are_withheld(warehouse: Warehouse, tmp_path: Path) -> None:
    told = [Complaint(channel="line", severity=severity) for severity in ("S1", "S2", "S3", "S4", None) * 20]
    complaints = [*told, *[Complaint(channel="phone", severity="S3")] * 4, *[Complaint(channel="other")] * 12]
    office = Office(tmp_path)
    office.take(complaints)
    naive, real = Attacker(), Attacker()

    naive.read("issues", ["channel", "severity"], ["channel", "severity", "cases"], thresholded(complaints))
    read(real, published(office, warehouse)[Audience.PUBLIC])

    secret = ("issues", "cases", "channel=phone", "severity=S3")
    assert naive.spans()[secret] == (Fraction(4), Fraction(4))
    low, high = real.spans()[secret]
    assert high is None or high - low >= 10


@settings(max_examples=15, deadline=None)
@given(cells=st.lists(st.integers(11, 40), min_size=15, max_size=15), small=st.integers(0, 14))
def test_one_small_number_among_large_ones_is_always_recovered_when_nothing_else_is_withheld(
    cells: Sequence[int], small: int
) -> None:
    counts = [4 if place == small else count for place, count in enumerate(cells)]
    attacker = Attacker()

    attacker.read(
        "issues",
        ["channel", "severity"],
        ["channel", "severity", "cases"],
        thresholded(population(counts, random.Random(1))),
    )

    assert list(attacker.spans().values()) == [(Fraction(4), Fraction(4))]
