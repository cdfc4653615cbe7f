"""What a row becomes, and which rows become nothing."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shared.errors import InvalidError
from shared.events.values import Money
from shared.legacy import LegacyRecord
from tests.unit.cli.importing import COLUMNS, USUAL, Remembering, a_file, rejected, run


def imported(folder: Path, **cells: str) -> LegacyRecord:
    importer = Remembering()
    result = run(a_file(folder, USUAL | cells), importer)
    assert result.rejected == 0
    return importer.only()


def test_a_row_becomes_a_record_with_its_own_past(tmp_path: Path) -> None:
    cells = {"status": "won", "closed": "04/05/2020 17:30", "claimed": "1,200.50", "wages": "1000", "interest": "3.5"}
    record = imported(tmp_path, employer="E-7", topic="passport and fee", **cells)
    assert record.source == "old-desk"
    assert record.reference == "BKK-1"
    assert record.opened_at == datetime(2020, 2, 29, 17, tzinfo=UTC)
    assert record.closed_at == datetime(2020, 5, 4, 10, 30, tzinfo=UTC)
    assert (record.close_reason, record.close_explanation) == ("partial", "Won and paid, as the desk wrote it down.")
    assert record.claimed == Money(amount=Decimal("1200.50"), currency="THB")
    assert record.assessed is None
    assert record.paid == Money(amount=Decimal("1003.5"), currency="THB")
    assert (record.respondent_reference, record.country, record.issues) == ("E-7", "TH", ("REC-FEE", "DOC-RET"))


def test_every_column_is_kept_as_its_text_but_the_dropped_ones(tmp_path: Path) -> None:
    record = imported(tmp_path, gender="f", topic=" two\nlines ", claimed="007.50")
    assert "gender" not in record.fields
    assert set(record.fields) == set(COLUMNS) - {"gender"}
    assert record.fields["topic"] == " two\nlines "
    assert record.fields["claimed"] == "007.50"


def test_columns_that_speak_of_a_person_are_handed_over_apart(tmp_path: Path) -> None:
    importer = Remembering()
    file = a_file(tmp_path, USUAL | {"topic": "passport of Naw Paw"})
    assert run(file, importer, more='personal = ["topic"]\n').rejected == 0
    record = importer.only()
    assert (record.said, "topic" in record.fields) == ({"topic": "passport of Naw Paw"}, False)
    assert record.issues == ("DOC-RET",), "rules read what is sealed afterwards"


def test_the_first_filled_date_opens_the_record(tmp_path: Path) -> None:
    record = imported(tmp_path, received="NULL", opened="2020-04-01")
    assert record.opened_at == datetime(2020, 3, 31, 17, tzinfo=UTC)


def test_a_record_without_any_date_is_imported_as_undated(tmp_path: Path) -> None:
    importer = Remembering()
    result = run(a_file(tmp_path, USUAL | {"received": ""}), importer)
    assert importer.only().opened_at is None
    assert result.undated == 1


def test_the_first_rule_that_holds_decides_how_it_ended(tmp_path: Path) -> None:
    pending = imported(tmp_path, status="pending", closed="2020-04-01")
    assert (pending.close_reason, pending.closed_at) == (None, None)
    closed = imported(tmp_path, status="won", closed="2020-04-01")
    assert closed.close_reason == "unremedied"


def test_a_closing_date_before_the_opening_is_left_to_the_fields(tmp_path: Path) -> None:
    record = imported(tmp_path, closed="2019-04-01")
    assert (record.close_reason, record.closed_at) == ("unremedied", None)
    assert record.fields["closed"] == "2019-04-01"


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"no": " "}, "no", "reference is empty"),
        ({"received": "03/01/2020"}, "received", "not a date written as %Y-%m-%d or %d/%m/%Y %H:%M"),
        ({"received": "2020-02-30"}, "received", "not a date"),
        ({"received": "2027-01-01"}, "received", "future"),
        ({"closed": "soon"}, "closed", "not a date"),
        ({"claimed": "12.5.0"}, "claimed", "not an amount"),
        ({"claimed": "1e5"}, "claimed", "not an amount"),
        ({"claimed": "NaN"}, "claimed", "not an amount"),
        ({"claimed": "-5"}, "claimed", "negative"),
        ({"claimed": "5", "currency": "baht"}, "currency", "three capital letters"),
        ({"claimed": "5", "currency": ""}, "currency", "three capital letters"),
        ({"topic": "a\0b"}, "topic", "NUL"),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_with_field_and_reason(
    tmp_path: Path, cells: dict[str, str], field: str, reason: str
) -> None:
    importer = Remembering()
    result = run(a_file(tmp_path, USUAL, USUAL | {"no": "2"} | cells), importer)
    assert list(importer.records) == [("old-desk", "BKK-1")]
    ((line, named, why),) = rejected(result)
    assert (line, named) == (3, field)
    assert reason in why


def test_a_reject_quotes_nothing_of_the_row(tmp_path: Path) -> None:
    result = run(a_file(tmp_path, USUAL | {"received": "born 1990", "claimed": "secret"}), Remembering())
    assert result.rejects is not None
    written = result.rejects.read_text(encoding="utf-8")
    assert "born" not in written
    assert "secret" not in written


def test_a_file_without_the_columns_of_the_mapping_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("office,no\nBKK,1\n", encoding="utf-8")
    importer = Remembering()
    with pytest.raises(InvalidError) as refused:
        run(path, importer)
    assert "'gender' (drop)" in refused.value.detail
    assert "'status' (closing.0.when)" in refused.value.detail
    assert importer.batches == []
    assert not (tmp_path / "rejects").exists()
