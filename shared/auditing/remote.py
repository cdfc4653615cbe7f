"""Reads a log where it is served, C2SP tlog-tiles over HTTP: hashes for everybody, envelopes for who may audit."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import httpx
import msgspec

from shared.auditing.notes import notes_in, read_checkpoint
from shared.auditing.sources import TILE, tile_path
from shared.errors import InvalidError, NotFoundError, RedressError, TryLaterError

_HASH = 32
_MOST = 256 << 20
"""Bytes of the largest file that is read: some years of checkpoints."""
_TIMEOUT = 30.0
_NONE = 404
_TILES_KEPT = 4


class TornLogError(RedressError):
    """What a server hands out is not laid out as a log."""

    slug, title, status = "torn-log", "This is no log", 502


class HttpSource:
    """Implements `Source` on a log's address: `https://HOST/reporting/v1/ledger/SERVICE`.

    Without an API key every fact is known by its hash alone, and what is verified is the tree: that each checkpoint is
    the root of what is published, and continues the one before. With an auditor's key the envelopes are hashed, too.
    """

    def __init__(self, address: str, credential: str | None = None) -> None:
        """Take what stands in front of `/checkpoint`, and the API key of who may see envelopes."""
        self._address = address.rstrip("/")
        self.service = self._address.rpartition("/")[2]
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        self._http = httpx.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False, headers=headers)
        self._shows_envelopes = credential is not None
        self._signed = self._text("checkpoints")
        self._size = max((read_checkpoint(note, ()).size for note in notes_in(self._signed)), default=0)
        self.tile = lru_cache(_TILES_KEPT)(self._tile)

    def checkpoints(self) -> str:
        """Return what was read first: leaves that come later are not asked for."""
        return self._signed

    def lines(self) -> Iterator[Sequence[bytes]]:
        """Yield leaves, or the hashes that stand for them."""
        for begin in range(0, self._size, TILE):
            yield self._leaves(begin) if self._shows_envelopes else self._hashes(begin)

    def stamps(self) -> str:
        """Return the log's file of time stamps."""
        try:
            return self._text("stamps")
        except NotFoundError:
            return ""

    def redactions(self) -> Mapping[tuple[str, int], str]:
        """Return none: leaves have the hash of the bytes as they were."""
        return {}

    def _leaves(self, begin: int) -> Sequence[bytes]:
        width = min(TILE, self._size - begin)
        return self._content(f"leaves?after={begin}&limit={width}").splitlines()

    def _hashes(self, begin: int) -> Sequence[bytes]:
        tile = self.tile(begin // TILE)
        return [
            msgspec.json.encode({"leaf_hash": tile[place : place + _HASH].hex()})
            for place in range(0, len(tile), _HASH)
        ]

    def _tile(self, number: int) -> bytes:
        width = min(TILE, self._size - number * TILE)
        path = tile_path(number)
        if width == TILE:
            found = self._content(path)
        else:
            try:
                found = self._content(f"{path}.p/{width}")
            except NotFoundError:  # it was full meanwhile, and the partial one may go
                found = self._content(path)
        if len(found) < width * _HASH:
            raise TornLogError(f"{self._address} has a tile {number} that ends early.")
        return found[: width * _HASH]

    def _text(self, path: str) -> str:
        try:
            return self._content(path).decode()
        except UnicodeDecodeError as error:
            raise TornLogError(f"{self._address}/{path} is not text.") from error

    def _content(self, path: str) -> bytes:
        try:
            with self._http.stream("GET", f"{self._address}/{path}") as answer:
                if answer.status_code == _NONE:
                    raise NotFoundError(f"{self._address} has no {path}.")
                if not answer.is_success:
                    raise TryLaterError(f"{self._address}/{path} answers {answer.status_code}.")
                return b"".join(_limited(answer.iter_bytes()))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TryLaterError(f"{self._address} cannot be reached.") from error


def logs_at(address: str) -> Sequence[str]:
    """Return the addresses of all logs of a system, or the given one where it is already that of a log."""
    base = address.rstrip("/")
    try:
        answer = httpx.get(base, timeout=_TIMEOUT, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TryLaterError(f"{base} cannot be reached.") from error
    if not answer.is_success:
        return [base]
    try:
        shown = msgspec.json.decode(answer.content, type=_Shown)
    except msgspec.MsgspecError as error:
        raise InvalidError(
            f"{base} is not where ledgers are; it ends with /reporting/v1/ledger.", field="at"
        ) from error
    return [f"{base}/{one.service}" for one in shown.items if one.size]


class _One(msgspec.Struct):
    service: str
    size: int


class _Shown(msgspec.Struct):
    items: list[_One]


def _limited(blocks: Iterator[bytes]) -> Iterator[bytes]:
    read = 0
    for block in blocks:
        read += len(block)
        if read > _MOST:
            raise TornLogError(f"An answer has more than {_MOST} bytes.")
        yield block
