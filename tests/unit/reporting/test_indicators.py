"""The indicators of the field: each SQL against a count in plain Python over drawn lives of cases."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.reporting.views.dimensions import dimensions, of_cases
from shared.events.figures import CellsTold, ReportPublished
from tests.unit.reporting.figuring import DEFINITIONS, Desk, contacts, folded, publications
from tests.unit.reporting.lives import Life, Log, hour, lives, message, tell

NOW = datetime(2026, 6, 1, tzinfo=UTC)

drawn = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder: Path = tmp_path_factory.mktemp("figures")
    return Desk(folder)


def ask(desk: Desk, report: str, group_by: str, told: Sequence[Life]) -> list[dict[str, Any]]:
    log = Log("cases")
    for life in told:
        tell(log, life)
    return desk.ask(report, group_by.split(","), cases=folded(log.facts), at=NOW)


def only(rows: Sequence[dict[str, Any]], *names: str) -> Any:
    """Return these columns of the only row there is, None for no row."""
    assert len(rows) <= 1
    return tuple(rows[0][name] for name in names) if rows else None


def suffered(life: Life) -> bool:
    return bool(life.reprisals) or "RET-REP" in life.issues


def percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def test_every_indicator_of_the_field_has_a_definition() -> None:
    found = Counter(one for definition in DEFINITIONS.values() for one in definition.indicators)

    assert {name: count for name, count in found.items() if count != 1} == {}
    assert set(found) == {f"K{number:02}" for number in range(1, 22)}


@drawn
@given(told=lives(), heard=st.lists(st.integers(0, 9000), max_size=4))
def test_the_contact_ratio_has_cases_above_and_contacts_below(
    desk: Desk, told: Sequence[Life], heard: Sequence[int]
) -> None:
    cases, inbox = Log("cases"), Log("intake")
    for life in told:
        tell(cases, life)
    for number, at in enumerate(heard):
        message(inbox, number, "sms", hour(at))

    rows = desk.ask("contact-ratio", ["total"], cases=folded(cases.facts), contacts=contacts(inbox.facts))

    expected = (len(heard), len(told), percent(len(told), len(heard)))
    assert only(rows, "contacts", "cases", "cases_per_100_contacts") == (expected if told or heard else None)


@drawn
@given(told=lives())
def test_workers_are_those_of_the_largest_item_of_each_case(desk: Desk, told: Sequence[Life]) -> None:
    rows = ask(desk, "workers", "total", told)

    def largest(life: Life, counts: Any) -> int:
        return max([1 for promise in life.promises if counts(promise)], default=0)

    expected = (
        sum(life.workers for life in told),
        sum(largest(life, lambda _: True) for life in told),
        sum(largest(life, lambda promise: promise.complete and promise.ending != "refuted") for life in told),
        sum(largest(life, lambda promise: promise.ending == "verified") for life in told),
    )
    assert only(rows, "affected", "promised", "reported", "remediated") == (expected if told else None)


@drawn
@given(told=lives())
def test_disposition_puts_endings_together(desk: Desk, told: Sequence[Life]) -> None:
    names = {"remedied": "resolved", "partial": "resolved", "withdrawn": "not-resolved"}
    expected = Counter("open" if life.open_now else names[life.reason] for life in told)

    assert {row["outcome"]: row["cases"] for row in ask(desk, "disposition", "outcome", told)} == expected


@drawn
@given(told=lives())
def test_closed_within_counts_of_the_closed_and_of_all(desk: Desk, told: Sequence[Life]) -> None:
    quick = [life.closed - life.opened for life in told if life.closed is not None and not life.reopened]
    in_14, in_30 = sum(one <= 14 * 24 for one in quick), sum(one <= 30 * 24 for one in quick)

    rows = ask(desk, "closed-within", "total", told)

    names = ("closed", "within_14_days", "within_30_days", "percent_14_of_closed", "percent_30_of_all")
    expected = (len(quick), in_14, in_30, percent(in_14, len(quick)), percent(in_30, len(told)))
    assert only(rows, *names) == (expected if told else None)


@drawn
@given(told=lives())
def test_amounts_fall_into_one_bucket_each_or_are_missing(desk: Desk, told: Sequence[Life]) -> None:
    owed: dict[str | None, list[Decimal]] = defaultdict(list)
    missing = 0
    for promise in (one for life in told for one in life.promises if one.remedy != "RM-PEN"):
        amount = promise.assessed or promise.claimed
        if amount is None:
            missing += 1
        else:
            owed[promise.currency].append(amount)

    rows = {row["currency"]: row for row in ask(desk, "money-amounts", "currency", told)}

    assert sum(row["missing"] for row in rows.values()) == missing
    assert {name for name in rows if name is not None} == set(owed)
    for currency, amounts in owed.items():
        row = rows[currency]
        buckets = [row[name] for name in row if name.startswith(("zero", "to_", "above_"))]
        assert sum(buckets) == row["amounts"] == len(amounts)
        assert row["to_500"] == sum(100 < amount <= 500 for amount in amounts)
        assert abs(row["median"] - median(amounts)) <= Decimal("0.01")


@drawn
@given(told=lives())
def test_acknowledged_within_a_week_leaves_out_who_has_time_left(desk: Desk, told: Sequence[Life]) -> None:
    week = timedelta(days=7)
    ripe = [life for life in told if life.acknowledged is not None or hour(life.opened) + week < NOW]
    quick = sum(life.acknowledged is not None and life.acknowledged - life.opened <= 7 * 24 for life in ripe)

    rows = ask(desk, "acknowledged", "total", told)

    names = ("cases", "too_early", "within_7_days", "percent_within_7_days")
    expected = (len(ripe), len(told) - len(ripe), quick, percent(quick, len(ripe)))
    assert only(rows, *names) == (expected if told else None)


@drawn
@given(told=lives())
def test_reopening_is_of_the_cases_that_were_ever_closed(desk: Desk, told: Sequence[Life]) -> None:
    ever = [life for life in told if life.closed is not None]
    again = sum(life.reopened for life in ever)

    rows = ask(desk, "reopening", "total", told)

    expected = (len(ever), again, again, percent(again, len(ever)))
    names = ("ever_closed", "opened_again", "reopenings", "percent_opened_again")
    assert only(rows, *names) == (expected if ever else None)


@drawn
@given(told=lives())
def test_year_on_year_puts_the_year_before_beside_each_year(desk: Desk, told: Sequence[Life]) -> None:
    opened = Counter(hour(life.opened).year for life in told)
    closed = Counter(hour(life.closed).year for life in told if life.closed is not None and not life.reopened)

    rows = ask(desk, "year-on-year", "year", told)

    assert sum(row["cases"] for row in rows) == len(told)
    for row in rows:
        year = int(row["year"])
        before = opened[year - 1]
        assert (row["cases"], row["cases_before"], row["closures"]) == (opened[year], before, closed[year])
        assert row["percent_change"] == percent(opened[year] - before, before)


@drawn
@given(told=lives())
def test_the_caseload_counts_open_cases_of_each_handler(desk: Desk, told: Sequence[Life]) -> None:
    mine = sum(life.open_now and life.assigned is not None for life in told)
    nobodys = sum(life.open_now and life.assigned is None for life in told)

    rows = ask(desk, "caseload", "total", told)

    expected = (int(mine > 0), mine, nobodys, int(mine > 0), mine)
    names = ("handlers", "cases", "unassigned", "up_to_10", "most_cases")
    assert only(rows, *names) == (expected if mine or nobodys else None)


@drawn
@given(told=lives())
def test_who_speaks_is_counted_of_those_of_whom_it_is_known(desk: Desk, told: Sequence[Life]) -> None:
    affected = sum(life.told_by == "affected" for life in told)
    known = sum(life.told_by is not None for life in told)

    rows = ask(desk, "self-report", "total", told)

    expected = (affected, known - affected, len(told) - known, percent(affected, known))
    assert only(rows, "affected", "others", "not_said", "percent_self_reported") == (expected if told else None)


@drawn
@given(told=lives())
def test_a_case_counts_with_the_latest_answer_of_its_complainant(desk: Desk, told: Sequence[Life]) -> None:
    answers = [life.stars[-1] for life in told if life.stars]
    content = sum(stars >= 4 for stars in answers)

    rows = ask(desk, "satisfaction", "total", told)

    expected = (len(answers), content, percent(content, len(answers)))
    assert only(rows, "asked", "content", "percent_content") == (expected if answers else None)


@drawn
@given(told=lives())
def test_the_delay_of_reporting_has_a_span_for_every_day_that_can_be(desk: Desk, told: Sequence[Life]) -> None:
    days = [(hour(life.opened).date() - hour(life.happened).date()).days for life in told if life.happened is not None]
    possible = [day for day in days if day >= 0]

    rows = ask(desk, "reporting-delay", "total", told)

    assert len(rows) == bool(told)
    for row in rows:
        assert sum(count for name, count in row.items() if name.startswith("days_")) == row["cases"] == len(possible)
        assert row["days_6_to_14"] == sum(6 <= day <= 14 for day in possible)
        assert (row["not_said"], row["impossible"]) == (len(told) - len(days), len(days) - len(possible))


@drawn
@given(told=lives(reprisals=True))
def test_reprisals_are_counted_of_the_cases_of_which_somebody_was_told(desk: Desk, told: Sequence[Life]) -> None:
    disclosed = [life for life in told if life.requests]
    reprisals = sum(suffered(life) for life in disclosed)
    others = sum(suffered(life) for life in told if not life.requests)
    reports = sum(len(life.reprisals) for life in told)
    asked = sum(life.checked for life in disclosed)

    rows = ask(desk, "retaliation", "total", told)

    expected = (len(disclosed), reprisals, others, reports, asked, percent(reprisals, len(disclosed)))
    names = ("disclosed", "reprisals", "undisclosed", "reports", "asked_after", "per_100_disclosed")
    assert only(rows, *names) == (expected if told else None)


@drawn
@given(told=lives(), dimension=st.sampled_from(of_cases()))
def test_the_groups_of_any_dimension_hold_every_case(desk: Desk, told: Sequence[Life], dimension: str) -> None:
    rows = ask(desk, "issues", dimension, told)

    if dimensions()[dimension].many:
        assert sum(row["cases"] for row in rows) >= len(told)
    else:
        assert sum(row["cases"] for row in rows) == len(told)


editions = st.tuples(
    st.sampled_from([2024, 2025]),
    st.sampled_from(["public", "partner"]),
    st.lists(st.tuples(st.sampled_from(["2025-Q1", "2025-Q2"]), st.integers(0, 40), st.integers(0, 9)), max_size=4),
)


@drawn
@given(told=st.lists(editions, max_size=6))
def test_withheld_numbers_are_those_of_the_last_edition_of_each_report(
    desk: Desk, told: Sequence[tuple[int, str, Sequence[tuple[str, int, int]]]]
) -> None:
    log, last = Log("reporting"), {}
    for number, (year, audience, cells) in enumerate(told):
        last[year, audience] = cells
        event = ReportPublished(
            year=year,
            audience=audience,
            edition=number + 1,
            stamp="ab" * 32,
            quarters=("2025-Q1",),
            files={},
            cells=tuple(CellsTold(quarter, "workers", told_, withheld) for quarter, told_, withheld in cells),
        )
        log.tell(uuid5(NAMESPACE_URL, f"{year} {audience}"), event, hour(number))

    rows = desk.ask("suppressed-cells", ["audience"], publications=publications(log.facts))

    expected = {}
    for audience in {name for (_, name), cells in last.items() if cells}:
        mine = [cells for (_, name), cells in last.items() if name == audience and cells]
        withheld = sum(one[2] for cells in mine for one in cells)
        whole = sum(one[1] + one[2] for cells in mine for one in cells)
        expected[audience] = (len(mine), whole, whole - withheld, withheld, percent(withheld, whole))
    columns = ("reports", "cells", "told", "withheld", "percent_withheld")
    assert {row["audience"]: tuple(row[name] for name in columns) for row in rows} == expected
