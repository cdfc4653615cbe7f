"""The import: rows are read one at a time and handed over in batches, so a break loses nothing and costs a batch."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from shared.cli.importing.mapping import load_mapping
from shared.cli.importing.reading import Reader
from shared.cli.importing.rejects import Rejects
from shared.cli.importing.table import Rejected, Row, Table
from shared.cli.progress import Progress
from shared.errors import InvalidError
from shared.legacy import Importer, LegacyRecord


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: `known` records were there already, `repeated` rows say again what an earlier one said."""

    rows: int
    imported: int
    known: int
    repeated: int
    rejected: int
    undated: int
    rejects: Path | None
    """The file that names the rejected rows, None when there are none."""


async def import_file(
    *,
    file: Path,
    mapping: Path,
    importer: Importer,
    rejects: Path,
    progress: Progress,
    now: datetime,
    batch: int = 500,
) -> ImportResult:
    """Bring in a file by a mapping; bad rows go to a file in the folder `rejects`.

    To resume after a break, run it again: records that are there stay as they are.
    """
    meaning = load_mapping(mapping)
    with _opened(file) as stream:
        progress.begin(f"importing {file.name}", os.fstat(stream.fileno()).st_size)
        table = Table(stream, meaning.delimiter)
        reader = Reader(meaning, tuple(table.header), now)
        with Rejects(rejects, file) as written:
            run = _Run(reader, importer, written, progress, stream)
            await run.take(table, batch)
            return run.result()


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise InvalidError(f"{file.name} cannot be opened: {error.strerror}.", field="file") from error


class _Run:
    """One import on its way: what was read, what was handed over, what was left out."""

    def __init__(
        self, reader: Reader, importer: Importer, rejects: Rejects, progress: Progress, stream: BinaryIO
    ) -> None:
        self._reader = reader
        self._importer = importer
        self._rejects = rejects
        self._progress = progress
        self._stream = stream
        self._shown = 0
        self._seen: dict[bytes, bytes] = {}
        self._rows = self._imported = self._known = self._repeated = self._undated = 0

    async def take(self, table: Table, batch: int) -> None:
        waiting: list[LegacyRecord] = []
        for record in self._records(table):
            waiting.append(record)
            if len(waiting) == batch:
                await self._hand_over(waiting)
                waiting = []
        if waiting:
            await self._hand_over(waiting)
        self._show()

    def result(self) -> ImportResult:
        return ImportResult(
            rows=self._rows,
            imported=self._imported,
            known=self._known,
            repeated=self._repeated,
            rejected=self._rejects.count,
            undated=self._undated,
            rejects=self._rejects.path if self._rejects.count else None,
        )

    def _records(self, table: Table) -> Iterator[LegacyRecord]:
        for row in table:
            self._rows += 1
            read = self._reader.read(row) if isinstance(row, Row) else row
            kept = self._first_of_its_name(read, row.line) if isinstance(read, LegacyRecord) else read
            if isinstance(kept, Rejected):
                self._rejects.add(kept)
            elif kept is not None:
                yield kept

    def _first_of_its_name(self, record: LegacyRecord, line: int) -> LegacyRecord | Rejected | None:
        """Return the record when its reference is new in this file; None when it says the same again."""
        name, content = _digest(record.reference), _digest(record.fields)
        earlier = self._seen.setdefault(name, content)
        if earlier is content:
            return record
        if earlier != content:
            return Rejected(line, "reference", "an earlier row has the same reference and says something else")
        self._repeated += 1
        return None

    async def _hand_over(self, records: list[LegacyRecord]) -> None:
        new = await self._importer.import_batch(records)
        self._imported += sum(new)
        self._known += len(new) - sum(new)
        self._undated += sum(record.opened_at is None for record in records)
        self._show()

    def _show(self) -> None:
        read = self._stream.tell()
        self._progress.advance(read - self._shown)
        self._shown = read


def _digest(content: object) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=16).digest()
