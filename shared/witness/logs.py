"""Where a witness reads logs: below an address, or in a folder; any log that is laid out as C2SP tlog-tiles."""

from pathlib import Path
from typing import Protocol

import httpx

from shared.errors import InvalidError, NotFoundError, RedressError, TryLaterError
from shared.ledger.shelves import FolderShelf
from shared.ledger.tiles import Tile
from shared.ledger.tree import HASH

COSIGNATURES = "cosignatures"
_MOST = 1_000_000
"""Bytes of the largest answer that a witness reads."""
_GONE = 404


class Log(Protocol):
    """The files of somebody's log."""

    where: str
    """Its address or folder."""

    def read(self, path: str) -> bytes:
        """Return a file; a `NotFoundError` when there is none, a `TryLaterError` when it cannot be asked now."""
        ...

    def hand_in(self, cosigned: str) -> bool:
        """Give the operator a checkpoint with our line below it; False where nobody takes one."""
        ...


class FolderLog:
    """Implements `Log` on a folder, such as an export's `SERVICE/ledger`; nobody takes anything there."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self.where = str(folder)
        self.read = FolderShelf(folder).read

    def hand_in(self, _cosigned: str) -> bool:
        """Give nothing to anybody."""
        return False


class HttpLog:
    """Implements `Log` over HTTP; an operator of Redress takes cosignatures at `cosignatures`."""

    def __init__(self, address: str, timeout: float = 20.0) -> None:
        """Take what stands in front of `/checkpoint`, and how many seconds an answer may take."""
        self.where = address.rstrip("/")
        self._http = httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False)

    def read(self, path: str) -> bytes:
        """Return a file."""
        answer = self._asked("GET", path)
        if answer.status_code == _GONE:
            raise NotFoundError(f"{self.where} has no {path}.")
        if not answer.is_success or len(answer.content) > _MOST:
            raise TryLaterError(f"{self.where}/{path} answers {answer.status_code}.")
        return answer.content

    def hand_in(self, cosigned: str) -> bool:
        """Post a cosigned checkpoint."""
        return self._asked("POST", COSIGNATURES, cosigned).is_success

    def _asked(self, method: str, path: str, body: str | None = None) -> httpx.Response:
        try:
            return self._http.request(
                method, f"{self.where}/{path}", content=body, headers={"Content-Type": "text/plain"} if body else None
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TryLaterError(f"{self.where} cannot be reached.") from error


def log_at(where: str) -> Log:
    """Return the log at an address or in a folder."""
    if where.startswith(("https://", "http://")):
        return HttpLog(where)
    if not Path(where).is_dir():
        raise InvalidError(f"{where} is neither an address nor a folder.", field="log")
    return FolderLog(Path(where))


def tile_of(log: Log, tile: Tile) -> bytes:
    """Return the hashes of a tile; of the full one where the partial one has gone, as it may."""
    try:
        found = log.read(tile.path)
    except NotFoundError:
        found = log.read(Tile(tile.level, tile.number).path)
    if len(found) < tile.width * HASH:
        raise BrokenLogError(f"{log.where} has a tile {tile.path} that ends early.")
    return found[: tile.width * HASH]


class BrokenLogError(RedressError):
    """A log's own files do not fit its checkpoint."""

    slug, title, status = "broken-log", "The log does not hold together", 409
