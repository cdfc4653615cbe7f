"""The rejects file: a line of CSV for every row that was left out, to be corrected and imported again."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from shared.cli.importing.table import Rejected


class Rejects:
    """Writes the rejects of one import; without any there is no file, and an earlier one of the same name goes."""

    def __init__(self, folder: Path, imported: Path) -> None:
        """Name the file after the imported one; the folder is made when something has to be written."""
        self.path = folder / f"{imported.name}.rejects.csv"
        self.count = 0
        self._file: TextIO | None = None
        self._writer: Any = None

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, rejected: Rejected) -> None:
        """Write down one row that was left out."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(("line", "field", "reason"))
        self._writer.writerow((rejected.line, rejected.field, rejected.reason))
        self.count += 1
