"""Getting a file from somebody else's server: bounded in time and size, from the open net only."""

import asyncio
import ssl
from collections.abc import Mapping
from http import HTTPStatus

import httpx

from services.intake.channels.port import Source
from services.intake.channels.untrusted import json_of, word
from shared.errors import MalformedError
from shared.events.attachments import Cause
from shared.open_net import HostRefusedError, NotOfTheWebError, address_to_call

TIMEOUT = 60.0
"""Seconds that one file may take as a whole."""
_MOST_JSON = 100_000
_HOPS = 4
_TLS = ssl.create_default_context()
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_CLOSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class RefusedError(Exception):
    """The file was not fetched; `passing`: it may be another time."""

    def __init__(self, cause: Cause, *, passing: bool = False) -> None:
        """Say why, in a word."""
        super().__init__(cause)
        self.cause = cause
        self.passing = passing


async def fetched(source: Source, *, most: int, allowed_hosts: frozenset[str] = frozenset()) -> bytes:
    """Return the bytes behind a source, or raise `RefusedError`; `allowed_hosts` may be called wherever they are."""
    try:
        async with asyncio.timeout(TIMEOUT):
            if not source.path:
                return await _got(source.url, source.headers, most, allowed_hosts)
            told = json_of(await _got(source.url, source.headers, _MOST_JSON, allowed_hosts))
            named = word(told, *source.path)
            if named is None:
                raise RefusedError("gone")
            return await _got(source.before + named, source.headers, most, allowed_hosts)
    except HostRefusedError:
        raise RefusedError("address-refused") from None
    except (httpx.InvalidURL, NotOfTheWebError, UnicodeError):
        raise RefusedError("address-refused") from None
    except (TimeoutError, httpx.HTTPError, OSError):
        raise RefusedError("unreachable", passing=True) from None
    except MalformedError:
        raise RefusedError("unreachable", passing=True) from None


async def _got(url: str, headers: Mapping[str, str], most: int, allowed_hosts: frozenset[str]) -> bytes:
    """Get one address, following redirects by hand: each is checked as the first was, and none gets the secrets."""
    for _ in range(_HOPS):
        answer = await _once(httpx.URL(url), headers, most, allowed_hosts)
        if isinstance(answer, bytes):
            return answer
        url, headers = answer, {}
    raise RefusedError("unreachable")


async def _once(url: httpx.URL, headers: Mapping[str, str], most: int, allowed_hosts: frozenset[str]) -> bytes | str:
    address = await address_to_call(url.scheme, url.host, url.port, allowed_hosts)
    sent = {**headers, "Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"}
    told = {"sni_hostname": url.raw_host.decode("ascii")}
    async with (
        httpx.AsyncClient(verify=_TLS, timeout=TIMEOUT, trust_env=False) as client,
        client.stream("GET", url.copy_with(host=address), headers=sent, extensions=told) as response,
    ):
        if response.has_redirect_location:
            return str(url.join(response.headers["location"]))
        _judge(response.status_code)
        content = bytearray()
        async for part in response.aiter_raw():
            content += part
            if len(content) > most:
                raise RefusedError("too-large")
        return bytes(content)


def _judge(status: int) -> None:
    if httpx.codes.is_success(status):
        return
    if status in _GONE:
        raise RefusedError("gone")
    if status in _CLOSED:
        raise RefusedError("not-allowed", passing=True)
    raise RefusedError("unreachable", passing=True)
