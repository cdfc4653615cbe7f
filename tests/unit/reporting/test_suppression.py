"""The pure rules: spans are exact, what is hidden beside is the cheapest that holds, and what is small is small."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.reporting.domain.complement import complemented, holds
from services.reporting.domain.network import Network, grid, line
from services.reporting.domain.quarters import Quarter, quarter_named, quarter_of
from services.reporting.domain.rules import Rule, shares_of

few = settings(max_examples=40, deadline=None)


def possible(values: Sequence[Sequence[int]], network: Network, hidden: frozenset[int]) -> Iterator[Sequence[int]]:
    """Try every table with the same total, and return those that agree with all that is told."""
    total = sum(map(sum, values))
    for flat in product(range(total + 1), repeat=len(values) * 2):
        if sum(flat) == total:
            rows = tuple(flat[place : place + 2] for place in range(0, len(flat), 2))
            found = [arc.value for arc in grid(rows).arcs]
            if all(found[arc] == one.value for arc, one in enumerate(network.arcs) if arc not in hidden):
                yield found


@few
@given(values=st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=2, max_size=2), data=st.data())
def test_a_span_is_what_trying_every_table_finds(values: list[list[int]], data: st.DataObject) -> None:
    network = grid(tuple(map(tuple, values)))
    hidden = frozenset(data.draw(st.sets(st.integers(0, len(network.arcs) - 2), min_size=1)))

    found = list(possible(values, network, hidden))

    for arc in hidden:
        seen = {one[arc] for one in found}
        width = max(seen) - min(seen)
        assert network.room(arc, hidden, 1000).width in {width, 1000}
        assert network.room(arc, hidden, width).width == width


@few
@given(values=st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=2, max_size=3))
def test_no_cheaper_set_of_numbers_holds(values: list[list[int]]) -> None:
    network = grid(tuple(map(tuple, values)))
    small = frozenset(arc for arc, one in enumerate(network.arcs) if one.value < 3) - network.told
    others = sorted(frozenset(range(len(network.arcs))) - network.told - small)

    hidden = complemented(network, small, 3, patience=100_000)

    sets = chain.from_iterable(combinations(others, size) for size in range(len(others) + 1))
    costs = [cost(network, one) for one in sets if holds(network, small | frozenset(one), 3)]
    if costs:
        assert cost(network, hidden - small) == min(costs)
        assert holds(network, hidden, 3)


@few
@given(values=st.lists(st.lists(st.integers(0, 40), min_size=4, max_size=4), min_size=3, max_size=6))
def test_what_is_found_without_patience_holds_as_well(values: list[list[int]]) -> None:
    network = grid(tuple(map(tuple, values)))
    small = frozenset(arc for arc, one in enumerate(network.arcs) if one.value < 10) - network.told

    hidden = complemented(network, small, 10, patience=0)

    assert small <= hidden
    assert holds(network, hidden, 10) or hidden == frozenset(range(len(network.arcs))) - network.told


def cost(network: Network, arcs: Iterator[int] | Sequence[int] | frozenset[int]) -> int:
    return sum(1 + network.arcs[arc].value for arc in arcs)


def test_one_small_number_of_a_line_takes_the_smallest_other_with_it() -> None:
    assert complemented(line((4, 30, 12, 55)), {0}, 10) == {0, 2}


def test_two_small_numbers_that_are_small_together_take_a_third_with_them() -> None:
    assert complemented(line((2, 3, 40, 55)), {0, 1}, 10) == {0, 1, 2}


def test_two_small_numbers_that_are_large_together_hide_each_other() -> None:
    assert complemented(line((8, 7, 40, 55)), {0, 1}, 10) == {0, 1}


def test_a_table_without_small_numbers_is_told_whole() -> None:
    assert complemented(grid(((12, 10), (30, 11))), frozenset(), 10) == frozenset()


@pytest.mark.parametrize(
    ("shares", "small", "dominated"),
    [
        ([1] * 10, False, False),
        ([1] * 9, True, True),
        ([], True, True),
        ([5] * 9, True, True),
        ([100, *[1] * 9], False, True),
        ([20, *[1] * 9], False, False),
    ],
)
def test_a_number_is_small_by_its_cases_and_dominated_by_one_of_them(
    shares: Sequence[int], *, small: bool, dominated: bool
) -> None:
    found = shares_of(enumerate(shares))

    assert (Rule().small(found), Rule().dominated(found)) == (small, dominated)


@pytest.mark.parametrize(("threshold", "dominance"), [(4, "0.7"), (10, "0"), (10, "1")])
def test_a_rule_that_protects_nobody_is_refused(threshold: int, dominance: str) -> None:
    with pytest.raises(ValueError, match="threshold"):
        Rule(threshold, Decimal(dominance))


def test_quarters_follow_each_other() -> None:
    last = Quarter(2025, 4)

    assert (last.name, last.next.name, last.end) == ("2025-Q4", "2026-Q1", Quarter(2026, 1).start)
    assert quarter_named("2025-Q4") == quarter_of(last.start) == last
    assert [quarter_named(name) for name in ("2025-Q5", "0000-Q1", "2025", "٢٠٢٥-Q1")] == [None] * 4
