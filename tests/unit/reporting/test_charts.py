"""Geometry of the charts: what is larger is drawn larger, and nothing leaves the frame."""

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.api.charts import WIDTH, Series, bars, columns, line
from services.reporting.api.scales import scale

counts = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)


@given(st.floats(0.001, 10**12))
def test_a_scale_holds_its_largest_value_in_few_round_steps(largest: float) -> None:
    upright = scale(largest)

    assert upright.top >= largest
    assert 2 <= len(upright.ticks) <= 6
    assert upright.ticks[0] == 0
    assert abs(upright.ticks[-1] - upright.top) < 1e-6 * upright.top


def test_a_scale_of_nothing_still_has_a_line_at_zero_and_one() -> None:
    assert scale(0).ticks == [0, 1]


@given(counts)
def test_columns_stay_inside_and_stand_on_the_ground(values: list[int]) -> None:
    chart = columns([str(place) for place in range(len(values))], [Series("a", "main", values)])

    assert len(chart.boxes) == sum(1 for value in values if value)
    for box in chart.boxes:
        assert box.x >= 0
        assert box.x + box.width <= WIDTH
        assert box.y >= 11.9
        assert abs(box.y + box.height - (chart.height - 28)) <= 0.11


def test_stacked_columns_lie_on_each_other() -> None:
    low, high = columns(["May"], [Series("a", "t0", [10]), Series("b", "t1", [5])]).boxes

    assert abs(high.y + high.height - low.y) <= 0.11
    assert abs(low.height - 2 * high.height) <= 0.2


@given(counts)
def test_bars_are_as_long_as_their_values(values: list[int]) -> None:
    chart = bars([f"b{place}" for place in range(len(values))], [Series("a", "main", values)])

    lengths = {box.label: box.width for box in chart.boxes}
    assert all(length <= WIDTH for length in lengths.values())
    ordered = [box.width for _, box in sorted(zip(filter(None, values), chart.boxes, strict=True), key=lambda p: p[0])]
    assert ordered == sorted(ordered)


def test_a_bar_ends_with_what_is_written_in_its_stead() -> None:
    chart = bars(["THB paid"], [Series("paid", "main", [0.5])], written=["1,000"])

    assert [word.text for word in chart.words] == ["THB paid", "1,000"]


def test_a_line_goes_through_its_points_and_can_fall() -> None:
    chart = line(["Q1", "Q2", "Q3"], [50, 100, 0], top_value=100)

    heights = [y for _, y, _ in chart.points]
    assert heights[1] < heights[0] < heights[2]
    assert chart.path.count(",") == 3


def test_names_of_many_categories_are_thinned_out() -> None:
    chart = columns([f"2025-{month}" for month in range(24)], [Series("a", "main", [1] * 24)])

    assert len([word for word in chart.words if word.text.startswith("2025")]) <= 12
