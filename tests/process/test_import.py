"""The import as a command of its own: killed in the middle and started again, every record is there once."""

import csv
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "services", "import")
MAPPING = Path("deploy/mappings/us-wage-claims.toml")
ROWS = 20_000
ENOUGH = 4_000_000
"""Bytes in the record: some batches are durable, many are still to come."""

pytestmark = pytest.mark.process


def claims(folder: Path) -> Path:
    path = folder / "claims.csv"
    columns = (
        "case_ref", "violation_no", "state", "employer_ref", "violation_category", "case_status", "date_opened",
        "date_paid", "date_closed", "amount_claimed", "amount_assessed", "amount_paid", "currency",
    )  # fmt: skip
    usual = {"violation_no": "1", "state": "Utopia", "date_opened": "2020-01-01", "currency": "USD"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for number in range(1, ROWS + 1):
            writer.writerow(usual | {"case_ref": f"U{number}", "amount_claimed": f"{number}.50"})
        writer.writerow(usual | {"case_ref": "U0", "amount_claimed": "a lot"})
    return path


def arguments(file: Path, data: Path) -> list[str]:
    return [*COMMAND, str(file), "--map", str(MAPPING), "--data", str(data)]


def finished(file: Path, data: Path) -> tuple[int, int, int]:
    """Import to the end; return how many records were new, were known, and were rejected."""
    ran = subprocess.run(arguments(file, data), capture_output=True, text=True, timeout=100, check=False)
    said = " ".join(ran.stdout.split())
    found = re.search(r"(\d+) imported, (\d+) known already, .* (\d+) rejected", said)
    assert found, ran.stdout + ran.stderr
    new, known, rejected = map(int, found.groups())
    return new, known, rejected


def size(data: Path) -> int:
    return sum(file.stat().st_size for file in data.glob("cases/record.sqlite*"))


def test_an_import_that_was_killed_goes_on_and_a_further_one_changes_nothing(tmp_path: Path) -> None:
    file, data = claims(tmp_path), tmp_path / "data"
    first = subprocess.Popen(arguments(file, data), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while first.poll() is None and size(data) < ENOUGH:
        time.sleep(0.01)
    first.kill()
    _, complaint = first.communicate()
    assert first.returncode == -9, complaint

    new, known, rejected = finished(file, data)
    assert new > 0
    assert known > 0
    assert (new + known, rejected) == (ROWS, 1)
    assert finished(file, data) == (0, ROWS, 1)


def test_a_file_that_does_not_fit_the_mapping_is_refused_and_makes_no_rejects(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    data = tmp_path / "data"
    ran = subprocess.run(arguments(file, data), capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    assert "'case_ref' (reference.columns)" in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
    assert not list(tmp_path.rglob("*.rejects.csv"))
