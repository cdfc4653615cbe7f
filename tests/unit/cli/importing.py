"""What the tests of the import share: an importer that remembers, a small mapping, and a way to run it."""

import asyncio
import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from shared.cli.importing import ImportResult, import_file
from shared.legacy import LegacyRecord

NOW = datetime(2026, 11, 23, tzinfo=UTC)

MAPPING = """
source = "old-desk"
country = { column = "country" }
respondent = "employer"
drop = ["gender"]
empty = ["NULL"]
otherwise_issues = ["WAG-NON"]

[reference]
columns = ["office", "no"]
separator = "-"

[dates]
formats = ["%Y-%m-%d", "%d/%m/%Y %H:%M"]
time_zone = "Asia/Bangkok"
opened_at = ["received", "opened"]
closed_at = ["closed"]

[amounts]
currency = { column = "currency" }
thousands = ","
claimed = "claimed"
paid = ["wages", "interest"]

[[issues]]
when = { topic = { contains = "fee" } }
codes = ["REC-FEE"]

[[issues]]
when = { topic = { contains = "passport" } }
codes = ["DOC-RET"]

[[closing]]
when = { status = "pending" }
stays_open = true

[[closing]]
when = { status = ["won"], wages = { is = "positive" } }
reason = "partial"
explanation = "Won and paid, as the desk wrote it down."

[[closing]]
when = { closed = { is = "filled" } }
reason = "unremedied"
explanation = "Closed, as the desk wrote it down."
"""

COLUMNS = (
    "office", "no", "country", "employer", "gender", "topic", "status",
    "received", "opened", "closed", "currency", "claimed", "wages", "interest",
)  # fmt: skip

USUAL = {"office": "BKK", "no": "1", "country": "TH", "received": "2020-03-01", "currency": "THB"}


class Remembering:
    """An importer that keeps what it was given, as the record of cases would; it can break after some batches."""

    def __init__(self, breaks_after: int | None = None) -> None:
        self.records: dict[tuple[str, str], LegacyRecord] = {}
        self.batches: list[int] = []
        self.breaks_after = breaks_after

    async def import_batch(self, records: Sequence[LegacyRecord]) -> Sequence[bool]:
        if self.breaks_after == len(self.batches):
            raise ConnectionAbortedError
        self.batches.append(len(records))
        return [self._keep(record) for record in records]

    def _keep(self, record: LegacyRecord) -> bool:
        name = (record.source, record.reference)
        return self.records.setdefault(name, record) is record

    def only(self) -> LegacyRecord:
        (record,) = self.records.values()
        return record


class Heard:
    """Progress that is written down."""

    def __init__(self) -> None:
        self.total = self.done = 0

    def begin(self, what: str, total: int) -> None:
        assert what
        self.total += total

    def advance(self, steps: int = 1) -> None:
        self.done += steps


def a_file(folder: Path, *rows: dict[str, str], name: str = "old.csv") -> Path:
    """Write a file with these rows; what a row leaves out is empty."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def a_mapping(folder: Path, more: str = "") -> Path:
    """Write the mapping of these tests."""
    path = folder / "old-desk.toml"
    path.write_text(more + MAPPING, encoding="utf-8")
    return path


def run(
    file: Path, importer: Remembering, *, batch: int = 500, progress: Heard | None = None, more: str = ""
) -> ImportResult:
    """Import a file with the mapping of these tests, rejects beside it in `rejects`."""
    folder = file.parent
    return asyncio.run(
        import_file(
            file=file,
            mapping=a_mapping(folder, more),
            importer=importer,
            rejects=folder / "rejects",
            progress=progress or Heard(),
            now=NOW,
            batch=batch,
        )
    )


def rejected(result: ImportResult) -> list[tuple[int, str, str]]:
    """Read the rejects file."""
    assert result.rejects is not None
    with result.rejects.open(encoding="utf-8", newline="") as file:
        return [(int(row["line"]), row["field"], row["reason"]) for row in csv.DictReader(file)]
