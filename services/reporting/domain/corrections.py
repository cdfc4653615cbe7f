"""What a later edition of a report says otherwise than the one before: number by number."""

from collections.abc import Mapping, Sequence

import msgspec

Rows = Sequence[Sequence[str]]
"""Labels, and a number last."""


class Correction(msgspec.Struct, frozen=True):
    """One number that differs; `before` is None where there was none, `after` where there is none any more."""

    table: str
    row: tuple[str, ...]
    before: str | None
    after: str | None


def corrections(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> Sequence[Correction]:
    """Return what differs between the tables of two editions, in the order of tables and rows of the later one."""
    found: list[Correction] = []
    for table in dict.fromkeys((*after, *before)):
        was, is_ = _numbers(before.get(table, ())), _numbers(after.get(table, ()))
        found += [
            Correction(table, row, was.get(row), is_.get(row))
            for row in dict.fromkeys((*is_, *was))
            if was.get(row) != is_.get(row)
        ]
    return found


def _numbers(rows: Rows) -> dict[tuple[str, ...], str]:
    return {tuple(row[:-1]): row[-1] for row in rows}
