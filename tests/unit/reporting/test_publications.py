"""Figures that others printed, from the same records: every one, exactly."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from uuid import uuid5

import pytest

from services.reporting.views.facts import CaseFacts
from shared.events import cases
from tests.unit.reporting.figuring import Desk, folded
from tests.unit.reporting.lives import NAMES, START, Log

RECORDS = Path(__file__).parents[4] / "shared" / "data" / "labour"

pytestmark = pytest.mark.real_input


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def imported(source: str, rows: Sequence[Mapping[str, str]]) -> Sequence[CaseFacts]:
    """Fold records as the import tells them, one case a row; empty cells were never written."""
    log = Log("cases")
    for number, row in enumerate(rows):
        stream = uuid5(NAMES, f"{source}-{number}")
        fields = {name: value for name, value in row.items() if value}
        log.tell(stream, cases.CaseOpened(number=f"RG-{number}", channel="import", language="en"), START)
        record = cases.LegacyRecordImported(source=source, reference=str(number), fields=fields, dated=True)
        log.tell(stream, record, START)
    return folded(log.facts)


def read(name: str) -> Sequence[Mapping[str, str]]:
    path = RECORDS / name
    if not path.exists():
        pytest.skip(f"the reference records are not beside the checkout: {name}")
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def claim(ref: str, **cells: str) -> Mapping[str, str]:
    return {"state": "Elsewhere", "case_ref": ref, "violation_no": "1", "currency": "USD", **cells}


def published(desk: Desk, rows: Sequence[Mapping[str, str]]) -> Mapping[tuple[str, str], Decimal]:
    answer = desk.ask("published-wage-claims", ["state"], cases=imported("us-wage-claims", rows))
    return {(row["state"], row["metric"]): row["value"] for row in answer}


def test_every_figure_that_was_printed_for_indiana_comes_out_exactly(desk: Desk) -> None:
    printed = {row["metric"]: Decimal(row["published"]) for row in read("us_wage_claims_indiana_published.csv")}

    answer = published(desk, read("us_wage_claims_indiana.csv"))

    assert {metric: value for (_, metric), value in answer.items()} == printed
    assert {state for state, _ in answer} == {"Indiana"}


def test_every_count_sum_median_and_share_of_virginia_comes_out_exactly(desk: Desk) -> None:
    rows = imported("us-va-wage-claims", read("us_va_wage_claims_lifecycle.csv"))
    expected = dict(_flat(json.loads((RECORDS / "us_va_oracle.json").read_text(), parse_float=Decimal)))

    answer = desk.ask("virginia-wage-claims", ["total"], cases=rows)

    assert {row["metric"]: row["value"] for row in answer} == expected


def test_states_stand_side_by_side_and_do_not_mix(desk: Desk) -> None:
    answer = published(desk, [claim("1", amount_paid="5.0"), {**claim("1", amount_paid="7.0"), "state": "Third"}])

    assert answer["Elsewhere", "amount_paid_total"] == Decimal(5)
    assert answer["Third", "amount_paid_total"] == Decimal(7)


def test_of_several_violations_of_a_case_only_the_first_successful_one_counts(desk: Desk) -> None:
    answer = published(
        desk,
        [
            {**claim("1", amount_paid="30.0"), "violation_no": "10"},
            {**claim("1", amount_paid="20.0"), "violation_no": "2"},
            {**claim("1", case_status="dismissed", amount_paid="10.0"), "violation_no": "1"},
        ],
    )

    assert answer["Elsewhere", "claims_total"] == 1
    assert answer["Elsewhere", "amount_owed_total"] == 20


@pytest.mark.parametrize(
    ("cells", "successful"),
    [
        ({"case_status": "affirmed"}, 1),
        ({"case_status": " Claimant_Won "}, 1),
        ({"case_status": "open", "amount_paid": "5"}, 0),
        ({"case_status": "overturned", "amount_assessed": "5"}, 0),
        ({"case_status": "closed"}, 0),
        ({"case_status": "closed", "amount_paid": "0.0"}, 1),
        ({"amount_assessed": "0.0"}, 0),
        ({"amount_assessed": "0.5"}, 1),
        ({"amount_claimed": "500"}, 0),
    ],
)
def test_success_is_decided_by_status_then_by_money(desk: Desk, cells: Mapping[str, str], successful: int) -> None:
    answer = published(desk, [claim("1", **cells), claim("2", case_status="paid")])

    assert answer["Elsewhere", "claims_total"] == 1 + successful


def test_dates_in_two_forms_are_both_read_and_zero_days_vanish_from_the_buckets_only(desk: Desk) -> None:
    answer = published(
        desk,
        [
            claim("1", case_status="paid", date_opened="2020-01-01", date_paid="2020-01-31 12:00:00"),
            claim("2", case_status="paid", date_opened="2020-01-01 08:00:00", date_closed="2020-01-01"),
            claim("3", case_status="paid", date_opened="2020-01-01 00:00:00", date_closed="2020-03-01"),
        ],
    )

    assert answer["Elsewhere", "duration_bucket_count|0-30 days"] == 1
    assert answer["Elsewhere", "duration_bucket_count|30-60 days"] == 1
    assert answer["Elsewhere", "duration_median_days"] == 30


def test_a_bucket_holds_its_upper_bound_and_not_its_lower(desk: Desk) -> None:
    paid = [
        claim(str(place), amount_paid=amount)
        for place, amount in enumerate(("100", "100.01", "0", "999999", "1000000"))
    ]

    answer = published(desk, paid)

    assert answer["Elsewhere", "amount_bucket_count|$0-$100"] == 1
    assert answer["Elsewhere", "amount_bucket_count|$100-$500"] == 1
    assert answer["Elsewhere", "amount_bucket_count|$10,000+"] == 1
    assert answer["Elsewhere", "amount_bucket_pct|$10,000+"] == Decimal("33.3")


def _flat(oracle: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in oracle.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}|{part}", one) for part, one in value.items())
        else:
            yield name, value
