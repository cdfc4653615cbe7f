"""The index of what a collection is searched by as text: every three letters in a row (FTS5, tokenizer `trigram`).

It holds no text of its own: it follows the column `text_` of the table, row by row, by the table's `rowid`. So a row
keeps its `rowid` for its life, and the file is never vacuumed.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from shared.documents.port import Collection, R
from shared.documents.storing import stored_name

LEAST = 3
"""Letters of the shortest text that the index finds; for less, rows are looked at one by one."""

_CHUNK = 500
_NUL = "\x00"


def searchable(text: str) -> str:
    """Return a text as it is stored and searched for: without the case of letters; the index ends at a NUL."""
    return text.casefold().replace(_NUL, "\ufffd")


def phrase(text: str) -> str:
    """Return what the index is asked for: rows in which these letters stand in a row."""
    return '"' + searchable(text).replace('"', '""') + '"'


def text_table(name: str) -> str:
    """Return the name of the index of a table."""
    return f"{name}__text"


def is_possible() -> bool:
    """Whether this SQLite has such indexes; without, rows are looked at one by one."""
    with sqlite3.connect(":memory:") as connection:
        options = {option for (option,) in connection.execute("PRAGMA compile_options")}
    connection.close()
    return "ENABLE_FTS5" in options and sqlite3.sqlite_version_info >= (3, 34)


def exists(connection: sqlite3.Connection, name: str) -> bool:
    """Whether a table has its index: one that rows are just being filled into has none yet."""
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(sql, (text_table(name),)).fetchone() is not None


def create(connection: sqlite3.Connection, name: str) -> None:
    """Make the index of a table, of all rows that are there; once."""
    if exists(connection, name) or not is_possible():
        return
    index = text_table(name)
    connection.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5(text_, content='{name}', content_rowid='rowid', tokenize='trigram')"
    )
    connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")


class Following:
    """Rows that are about to be written, with what the index knows of them."""

    def __init__(self, connection: sqlite3.Connection, collection: Collection[R], rows: Sequence[R]) -> None:
        """Look up what the rows said before."""
        self._connection = connection
        self._name = stored_name(collection)
        self._texts = {str(row.id): searchable(getattr(row, str(collection.text))) for row in rows}
        self._before = dict(self._stored(self._texts))

    def follow(self) -> None:
        """Take over what the rows say now that they are written."""
        changed = {key for key, text in self._texts.items() if self._before.get(key, (0, None))[1] != text}
        index, execute = text_table(self._name), self._connection.executemany
        gone = [self._before[key] for key in changed if key in self._before]
        execute(f"INSERT INTO {index} ({index}, rowid, text_) VALUES ('delete', ?, ?)", gone)
        come = [found for _key, found in self._stored(dict.fromkeys(changed, ""))]
        execute(f"INSERT INTO {index} (rowid, text_) VALUES (?, ?)", come)

    def _stored(self, keys: Mapping[str, str]) -> Iterator[tuple[str, tuple[int, str]]]:
        for some in _chunks(keys):
            sql = f"SELECT id, rowid, text_ FROM {self._name} WHERE id IN ({','.join('?' * len(some))})"
            for key, rowid, text in self._connection.execute(sql, some):
                yield key, (rowid, text)


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    left = iter(keys)
    while some := list(islice(left, _CHUNK)):
        yield some
