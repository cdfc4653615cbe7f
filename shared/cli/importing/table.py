"""From the bytes of a CSV file to its rows, one at a time, each with the line on which it really begins."""

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from shared.errors import InvalidError


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is whole: a cell for every column, in the header's order."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be brought in, and why; it quotes nothing, since a cell may speak of a person."""

    line: int
    field: str
    reason: str


class Table:
    """A CSV file: its header, then its rows and broken rows as they come."""

    def __init__(self, file: BinaryIO, delimiter: str = ",") -> None:
        """Read the header; a file without a usable one is refused."""
        # Bytes that are not UTF-8 become lone surrogates, so that the row they stand in can be named and left out.
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self._lines = _Lines(text)
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self.header = self._read_header()

    def __iter__(self) -> Iterator[Row | Rejected]:
        """Yield what follows the header; empty lines are passed over."""
        for line, cells in self._records():
            if isinstance(cells, str):
                yield Rejected(line, "", cells)
            elif len(cells) != len(self.header):
                yield Rejected(line, "", f"{len(cells)} columns instead of {len(self.header)}")
            else:
                row = Row(line, dict(zip(self.header, cells, strict=True)))
                yield _unreadable(row) or row

    def _read_header(self) -> Sequence[str]:
        line, cells = next(self._records(), (0, "it is empty"))
        if isinstance(cells, str):
            raise InvalidError(f"The file has no header: {cells}.", field="file")
        broken = _unreadable(Row(line, {str(number): cell for number, cell in enumerate(cells, start=1)}))
        if broken:
            raise InvalidError(f"The header of the file cannot be read: {broken.reason}.", field="file")
        repeated = sorted({cell for cell in cells if cells.count(cell) > 1})
        if repeated:
            raise InvalidError(f"The header names these columns twice: {', '.join(repeated)}.", field="file")
        return cells

    def _records(self) -> Iterator[tuple[int, list[str] | str]]:
        while True:
            line = self._lines.begin_record()
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._lines.give_back()
                yield line, "a cell is too long" if "limit" in str(error) else "broken quoting"
                continue
            if cells:
                yield line, cells


class _Lines:
    """The lines of a text; those that a broken record swallowed after its first can be given back and read again."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._returned: deque[str] = deque()
        self._record: list[str] = []
        self._number = 0

    def begin_record(self) -> int:
        self._record.clear()
        return self._number + 1

    def give_back(self) -> None:
        swallowed = self._record[1:]
        self._returned.extendleft(reversed(swallowed))
        self._number -= len(swallowed)

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._text)
        self._record.append(line)
        self._number += 1
        return line


def _unreadable(row: Row) -> Rejected | None:
    whole = "".join(row.cells.values())
    if "\0" in whole:
        return Rejected(row.line, _first(row, "\0"), "a NUL character")
    try:
        whole.encode()
    except UnicodeEncodeError as error:
        return Rejected(row.line, _first(row, whole[error.start]), "not UTF-8")
    return None


def _first(row: Row, character: str) -> str:
    return next(column for column, cell in row.cells.items() if character in cell)
