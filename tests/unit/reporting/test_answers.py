"""Figures written down: JSON and CSV that say the same, every time, and run in no spreadsheet."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.api.answers import as_csv, as_json, moment, plain, stamp
from services.reporting.views.questions import Figure, Question
from tests.unit.reporting.figuring import DEFINITIONS


def figure(*rows: tuple[object, ...], columns: tuple[str, ...] = ("name", "amount")) -> Figure:
    return Figure(
        definition=DEFINITIONS["money"],
        question=Question(report="money"),
        policy="1",
        as_of=datetime(2026, 6, 1, 7, tzinfo=timezone(timedelta(hours=7))),
        positions={"cases": 4, "intake": 2},
        columns=columns,
        rows=rows,
    )


def test_json_carries_the_stamp_and_amounts_as_strings() -> None:
    body = json.loads(as_json(figure(("THB", Decimal("12.3400")), (None, Decimal("1000.0000")))))

    assert body["rows"] == [{"name": "THB", "amount": "12.34"}, {"name": None, "amount": "1000"}]
    assert (body["as_of"], body["positions"]) == ("2026-06-01T00:00:00Z", {"cases": 4, "intake": 2})
    assert body["definition_hash"] == DEFINITIONS["money"].sha256


def test_the_stamp_of_a_csv_is_in_its_headers() -> None:
    assert stamp(figure()) == {
        "Redress-Definition": DEFINITIONS["money"].sha256,
        "Redress-As-Of": "2026-06-01T00:00:00Z",
        "Redress-Positions": "cases:4,intake:2",
    }


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_text_that_a_spreadsheet_would_run_is_marked_as_text(cell: str) -> None:
    ((written, _),) = _rows(as_csv(figure((cell, 1))))

    assert written == f"'{cell}"


def test_numbers_stay_numbers_also_below_zero() -> None:
    written = as_csv(figure((date(2026, 1, 2), Decimal("-3.50")), (None, -4), (True, 0)))

    assert written == b"name,amount\r\n2026-01-02,-3.5\r\n,-4\r\nTrue,0\r\n"


@given(st.lists(st.text("ab=,;\"'\n-+@ไทย", max_size=8), max_size=5))
def test_every_text_survives_the_csv_and_none_begins_as_a_formula(cells: list[str]) -> None:
    read = [row[0] for row in _rows(as_csv(figure(*((cell, 1) for cell in cells))))]

    assert [one.removeprefix("'") if one != cell else one for one, cell in zip(read, cells, strict=True)] == cells
    assert not any(one.startswith(("=", "+", "-", "@", "\n")) for one in read)


@pytest.mark.parametrize(
    ("value", "text"), [("0.0000", "0"), ("100", "100"), ("1E+3", "1000"), ("0.10", "0.1"), ("-0.50", "-0.5")]
)
def test_decimals_are_written_plainly(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


def test_moments_are_written_in_utc() -> None:
    assert moment(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"


def _rows(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode(), newline="")))[1:]
