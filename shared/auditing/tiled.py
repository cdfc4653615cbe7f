"""A log as C2SP tlog-tiles lays it out, wherever its files are: of this system, or written by anybody else's."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from shared.auditing.notes import notes_in, read_checkpoint
from shared.auditing.sources import TILE, tile_path
from shared.errors import InvalidError, NotFoundError
from shared.ledger.tree import leaf_hash

_HASH = 32
_LENGTH = 2
"""Bytes in front of an entry of a bundle: how many it has, the more significant first."""
_TILES_KEPT = 4

Read = Callable[[str], bytes]
"""Returns a file below the log's address or folder; a `NotFoundError` when there is none."""
Leaves = Callable[[int, int], Sequence[bytes]]
"""Returns so many leaves from an index on, as lines."""


class TiledSource:
    """Implements `Source` on the files of a log.

    Where entries are handed out, each is hashed again; where they are not, a fact is known by its hash alone, and what
    is verified is the tree: each checkpoint is the root of what is published, and continues the one before.
    """

    def __init__(self, where: str, read: Read, leaves: Leaves | None = None) -> None:
        """Take where the log is, how to read its files, and who tells its leaves if somebody does."""
        self._where = where
        self._read = read
        self._leaves = leaves
        self._bundled = leaves is None
        self._signed = self._text("checkpoints") or self._text("checkpoint")
        shown = [read_checkpoint(note, ()) for note in notes_in(self._signed)]
        if not shown:
            raise InvalidError(f"There is no checkpoint in {where}.", field="at")
        newest = max(shown, key=lambda one: one.size)
        self._size = newest.size
        self.service = service_of(newest.origin)
        self.tile = lru_cache(_TILES_KEPT)(self._tile)

    def checkpoints(self) -> str:
        """Return what was read first: leaves that come later are not asked for."""
        return self._signed

    def stamps(self) -> str:
        """Return the log's file of time stamps."""
        return self._text("stamps")

    def lines(self) -> Iterator[Sequence[bytes]]:
        """Yield leaves, or the hashes that stand for them."""
        for begin in range(0, self._size, TILE):
            width = min(TILE, self._size - begin)
            yield self._leaves(begin, width) if self._leaves else [*map(_line, self._hashes(begin // TILE, width))]

    def redactions(self) -> Mapping[tuple[str, int], str]:
        """Return none: leaves have the hash of the bytes as they were."""
        return {}

    def _hashes(self, number: int, width: int) -> Iterator[bytes]:
        if self._bundled:
            try:
                yield from map(leaf_hash, _entries(self._wide("entries", number, width), width))
            except NotFoundError:
                self._bundled = False  # here entries are not for everybody
            else:
                return
        tile = self.tile(number)
        yield from (tile[place : place + _HASH] for place in range(0, len(tile), _HASH))

    def _tile(self, number: int) -> bytes:
        width = min(TILE, self._size - number * TILE)
        return self._wide("0", number, width)[: width * _HASH]

    def _wide(self, level: str, number: int, width: int) -> bytes:
        """Return a tile or bundle of at least so many leaves."""
        path = tile_path(number, level)
        if width < TILE:
            try:
                return self._read(f"{path}.p/{width}")
            except NotFoundError:  # it was full meanwhile, and the partial one may go
                pass
        return self._read(path)

    def _text(self, path: str) -> str:
        try:
            return self._read(path).decode()
        except NotFoundError:
            return ""
        except UnicodeDecodeError as error:
            raise InvalidError(f"{self._where}/{path} is not text.", field="at") from error


def in_folder(folder: Path) -> Read:
    """Return how to read the files of a log that lies in a folder."""

    def read(path: str) -> bytes:
        try:
            return (folder / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFoundError(f"{folder} has no {path}.") from error

    return read


def service_of(origin: str) -> str:
    """Return what a log is called in findings: the last part of its origin, without the number of a renewed log."""
    return origin.rpartition("/")[2].partition("-")[0]


def _entries(bundle: bytes, width: int) -> Iterator[bytes]:
    place = 0
    for _ in range(width):
        end = place + _LENGTH + int.from_bytes(bundle[place : place + _LENGTH], "big")
        if place + _LENGTH > len(bundle) or end > len(bundle):
            return  # what is missing is missed by its index
        yield bundle[place + _LENGTH : end]
        place = end


def _line(hash_: bytes) -> bytes:
    return b'{"leaf_hash":"%b"}' % hash_.hex().encode()
