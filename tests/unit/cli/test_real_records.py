"""Real claims of two states, and a third that nobody has seen, come in by the mappings of the product."""

import asyncio
import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from shared.cli.importing import ImportResult, import_file
from tests.unit.cli.importing import NOW, Heard, Remembering, rejected

LABOUR = Path("../shared/data/labour")
MAPPINGS = Path("deploy/mappings")

pytestmark = pytest.mark.real_input


def bring_in(name: str, mapping: str, importer: Remembering, rejects: Path) -> ImportResult:
    file = LABOUR / name
    if not file.exists():
        pytest.skip("the reference records do not lie beside this checkout")
    return imported(file, mapping, importer, rejects)


def imported(file: Path, mapping: str, importer: Remembering, rejects: Path) -> ImportResult:
    return asyncio.run(
        import_file(
            file=file,
            mapping=MAPPINGS / mapping,
            importer=importer,
            rejects=rejects,
            progress=Heard(),
            now=NOW,
        )
    )


def test_the_claims_of_indiana_come_in_whole_and_once(tmp_path: Path) -> None:
    importer = Remembering()
    result = bring_in("us_wage_claims_indiana.csv", "us-wage-claims.toml", importer, tmp_path)
    assert (result.rows, result.imported, result.rejected, result.undated) == (21_511, 21_511, 0, 486)
    again = bring_in("us_wage_claims_indiana.csv", "us-wage-claims.toml", importer, tmp_path)
    assert (again.imported, again.known) == (0, 21_511)
    records = importer.records.values()
    assert sum(record.paid.amount for record in records if record.paid) == sum(
        Decimal(record.fields["amount_paid"]) for record in records if record.fields["amount_paid"]
    )
    ended = Counter((record.fields["case_status"], record.close_reason) for record in records)
    assert ended["dismissed", "unsubstantiated"] == 1_021
    assert ended["pending enforcement", None] == 1_814
    assert ended["", "partial"] == 1_849 + 3_650
    assert "remedied" not in {record.close_reason for record in records}


def test_the_claims_of_virginia_come_in_whole_and_once(tmp_path: Path) -> None:
    importer = Remembering()
    result = bring_in("us_va_wage_claims_lifecycle.csv", "us-va-wage-claims.toml", importer, tmp_path)
    assert (result.rows, result.imported, result.rejected, result.undated) == (3_948, 3_948, 0, 0)
    again = bring_in("us_va_wage_claims_lifecycle.csv", "us-va-wage-claims.toml", importer, tmp_path)
    assert (again.imported, again.known) == (0, 3_948)
    records = importer.records.values()
    assert len({record.respondent_reference for record in records}) == 3_256
    assert sum(record.claimed.amount for record in records if record.claimed) == Decimal("11088301.1")
    assert sum(record.assessed.amount for record in records if record.assessed) == Decimal("649836.7")
    assert all(record.closed_at and record.opened_at and record.closed_at >= record.opened_at for record in records)
    assert all(record.close_reason for record in records)


@pytest.mark.parametrize(
    ("status", "cells", "reason"),
    [
        ("paid", {"amount_paid": "10.0", "date_paid": "2020-02-01"}, "partial"),
        ("paid", {}, "partial"),
        ("claimant_won", {}, "unremedied"),
        ("affirmed", {"amount_paid": "10.0"}, "partial"),
        ("closed", {"date_closed": "2020-02-01"}, "unremedied"),
        ("open", {"date_closed": "2020-02-01"}, None),
        ("pending appeal", {}, None),
        ("pending enforcement", {"amount_paid": "10.0"}, None),
        ("dismissed", {}, "unsubstantiated"),
        ("overturned", {}, "unsubstantiated"),
        ("withdrawn", {"amount_paid": "10.0"}, "withdrawn"),
        ("amount exceeds statutory limit", {}, "out_of_scope"),
        ("", {}, None),
        ("never seen", {"date_closed": "2020-02-01 00:00:00"}, "unremedied"),
    ],
)
def test_every_status_of_the_family_ends_honestly_in_an_unseen_state(
    tmp_path: Path, status: str, cells: dict[str, str], reason: str | None
) -> None:
    importer = Remembering()
    result = imported(unseen(tmp_path, {"case_status": status} | cells), "us-wage-claims.toml", importer, tmp_path)
    assert result.rejected == 0
    assert importer.only().close_reason == reason


def test_one_case_may_have_several_violations_and_two_states_the_same_number(tmp_path: Path) -> None:
    importer = Remembering()
    rows: tuple[dict[str, str], ...] = (
        {},
        {"violation_no": "2", "violation_category": "Overtime"},
        {"state": "Nebraska"},
    )
    result = imported(unseen(tmp_path, *rows), "us-wage-claims.toml", importer, tmp_path)
    assert result.imported == 3
    assert [record.reference for record in importer.records.values()] == ["Kansas/K1/1", "Kansas/K1/2", "Nebraska/K1/1"]
    assert [record.issues for record in importer.records.values()] == [("WAG-NON",), ("WAG-OTP",), ("WAG-NON",)]


def test_a_claim_without_a_number_is_rejected(tmp_path: Path) -> None:
    result = imported(unseen(tmp_path, {"case_ref": ""}), "us-wage-claims.toml", Remembering(), tmp_path)
    assert rejected(result) == [(2, "case_ref", "the reference is empty")]


HEADER = (
    "case_ref", "violation_no", "state", "employer_ref", "violation_category", "case_status", "date_opened",
    "date_paid", "date_closed", "amount_claimed", "amount_assessed", "amount_paid", "currency",
)  # fmt: skip


def unseen(folder: Path, *rows: dict[str, str]) -> Path:
    usual = {"case_ref": "K1", "violation_no": "1", "state": "Kansas", "date_opened": "2020-01-01", "currency": "USD"}
    path = folder / "us_wage_claims_unseen.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows(usual | row for row in rows)
    return path
