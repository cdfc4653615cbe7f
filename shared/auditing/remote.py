"""Reads a log where it is served, C2SP tlog-tiles over HTTP: hashes for everybody, envelopes for who may audit."""

from collections.abc import Iterator, Sequence

import httpx
import msgspec

from shared.auditing.tiled import TiledSource
from shared.errors import NotFoundError, RedressError, TryLaterError

_MOST = 256 << 20
"""Bytes of the largest file that is read: some years of checkpoints."""
_TIMEOUT = 30.0
_NONE = {403, 404}
"""What says that a file is not there: stores of objects answer the first to who may not list them."""


class TooLargeError(RedressError):
    """What a server hands out is larger than any log's file."""

    slug, title, status = "too-large-a-file", "This is no log", 502


def log_at(address: str, credential: str | None = None) -> TiledSource:
    """Return the log at an address, what stands in front of `/checkpoint`; with the API key of who may see envelopes,
    with its leaves.
    """
    base = address.rstrip("/")
    headers = {"Authorization": f"Bearer {credential}"} if credential else {}
    http = httpx.Client(timeout=_TIMEOUT, trust_env=False, follow_redirects=False, headers=headers)

    def read(path: str) -> bytes:
        return _content(http, f"{base}/{path}")

    def leaves(begin: int, width: int) -> Sequence[bytes]:
        return read(f"leaves?after={begin}&limit={width}").splitlines()

    return TiledSource(base, read, leaves if credential else None)


def _content(http: httpx.Client, address: str) -> bytes:
    try:
        with http.stream("GET", address) as answer:
            if answer.status_code in _NONE:
                raise NotFoundError(f"There is no {address}.")
            if not answer.is_success:
                raise TryLaterError(f"{address} answers {answer.status_code}.")
            return b"".join(_limited(answer.iter_bytes()))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TryLaterError(f"{address} cannot be reached.") from error


def logs_at(address: str) -> Sequence[str]:
    """Return the addresses of all logs of a system; the given one where it is that of one log, whoever wrote it."""
    base = address.rstrip("/")
    try:
        answer = httpx.get(base, timeout=_TIMEOUT, trust_env=False)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TryLaterError(f"{base} cannot be reached.") from error
    if not answer.is_success:
        return [base]
    try:
        shown = msgspec.json.decode(answer.content, type=_Shown)
    except msgspec.MsgspecError:
        return [base]
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
            raise TooLargeError(f"An answer has more than {_MOST} bytes.")
        yield block
