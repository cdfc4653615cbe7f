"""The import as a whole: batches, breaks, second runs, rejects."""

from pathlib import Path

import pytest

from shared.errors import InvalidError
from tests.unit.cli.importing import USUAL, Heard, Remembering, a_file, rejected, run


def numbered(count: int) -> list[dict[str, str]]:
    return [USUAL | {"no": str(number)} for number in range(1, count + 1)]


def test_records_are_handed_over_in_batches_and_progress_reaches_the_end(tmp_path: Path) -> None:
    importer, heard = Remembering(), Heard()
    file = a_file(tmp_path, *numbered(1201))
    result = run(file, importer, batch=500, progress=heard)
    assert importer.batches == [500, 500, 201]
    assert (result.rows, result.imported, result.known, result.rejected) == (1201, 1201, 0, 0)
    assert heard.done == heard.total == file.stat().st_size


def test_a_second_run_imports_nothing(tmp_path: Path) -> None:
    importer = Remembering()
    file = a_file(tmp_path, *numbered(30))
    run(file, importer)
    before = dict(importer.records)
    result = run(file, importer)
    assert (result.imported, result.known) == (0, 30)
    assert importer.records == before


def test_an_import_that_broke_goes_on_where_it_was(tmp_path: Path) -> None:
    importer = Remembering(breaks_after=2)
    file = a_file(tmp_path, *numbered(45))
    with pytest.raises(ConnectionAbortedError):
        run(file, importer, batch=10)
    assert len(importer.records) == 20
    importer.breaks_after = None
    result = run(file, importer, batch=10)
    assert (result.imported, result.known) == (25, 20)
    assert len(importer.records) == 45


def test_a_row_that_says_the_same_again_is_no_reject_and_one_that_contradicts_is(tmp_path: Path) -> None:
    importer = Remembering()
    result = run(a_file(tmp_path, USUAL, USUAL, USUAL | {"employer": "E-9"}), importer)
    assert (result.imported, result.repeated, result.rejected) == (1, 1, 1)
    assert importer.only().respondent_reference is None
    assert rejected(result) == [(4, "reference", "an earlier row has the same reference and says something else")]


def test_without_rejects_there_is_no_file_and_an_old_one_goes(tmp_path: Path) -> None:
    first = run(a_file(tmp_path, USUAL | {"no": ""}), Remembering())
    assert first.rejects == tmp_path / "rejects" / "old.csv.rejects.csv"
    second = run(a_file(tmp_path, USUAL), Remembering())
    assert second.rejects is None
    assert not first.rejects.exists()


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match=r"absent\.csv cannot be opened"):
        run(tmp_path / "absent.csv", Remembering())
