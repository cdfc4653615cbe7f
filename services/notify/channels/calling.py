"""Calling a provider's HTTP API: bounded in time, no faster than allowed, and not at all while it is down."""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx
import msgspec

from services.notify.domain import GiveUp, Outcome, TryAgain

Now = Callable[[], float]
"""Seconds of a clock that only goes forward."""

_TLS = ssl.create_default_context()
_MOST = 65_536
_LONGEST_PAUSE = 5.0
_LONGEST_WAIT = 3600.0


@dataclass(slots=True)
class Pace:
    """Calls are spaced evenly, `per_second` of them; one that would wait too long is told how long."""

    per_second: float
    now: Now = time.monotonic
    _next: float = 0.0

    def wait(self) -> float:
        """Take a place and return the seconds until it."""
        at = self.now()
        begins = max(self._next, at)
        if begins - at <= _LONGEST_PAUSE:
            self._next = begins + 1 / self.per_second
        return begins - at


@dataclass(slots=True)
class Breaker:
    """Opens after so many failures in a row; after a rest one call may try, and closes it when it succeeds."""

    failures: int = 5
    rest: float = 60.0
    now: Now = time.monotonic
    _in_a_row: int = 0
    _open_until: float = 0.0

    def left(self) -> float:
        """Return the seconds for which nothing may be called; whoever gets 0 after a rest holds the others back."""
        if self._in_a_row < self.failures:
            return 0.0
        left = self._open_until - self.now()
        if left <= 0:
            self._open_until = self.now() + self.rest
        return max(left, 0.0)

    def saw(self, *, failure: bool) -> None:
        """Take the end of a call into account."""
        self._in_a_row = self._in_a_row + 1 if failure else 0
        if self._in_a_row >= self.failures:
            self._open_until = self.now() + self.rest


class Answered(msgspec.Struct, frozen=True):
    """What the provider said: status, the JSON object of the body (empty when it is none), and its `Retry-After`."""

    status: int
    body: Mapping[str, Any]
    retry_after: float

    @property
    def is_success(self) -> bool:
        """Whether the status is one of success."""
        return httpx.codes.is_success(self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One provider's API at `base_url`; `timeout`, in seconds, bounds the whole of one call."""

    base_url: str
    timeout: float = 10
    pace: Pace = field(default_factory=lambda: Pace(10))
    breaker: Breaker = field(default_factory=Breaker)

    async def post(self, path: str, **request: Any) -> Answered | TryAgain:
        """Post once, with what `httpx` takes; a call that was not made or broke off may be tried again."""
        if left := self.breaker.left():
            return TryAgain("circuit-open", left)
        if (wait := self.pace.wait()) > _LONGEST_PAUSE:
            return TryAgain("rate-limit", wait)
        await asyncio.sleep(wait)
        answered = await self._posted(path, request)
        down = isinstance(answered, TryAgain) or answered.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        self.breaker.saw(failure=down)
        return answered

    async def _posted(self, path: str, request: Mapping[str, Any]) -> Answered | TryAgain:
        try:
            async with (
                asyncio.timeout(self.timeout),
                httpx.AsyncClient(timeout=self.timeout, trust_env=False, verify=_TLS) as client,
                client.stream("POST", self.base_url.rstrip("/") + path, **request) as response,
            ):
                return Answered(response.status_code, await _object(response), _seconds(response.headers))
        except (TimeoutError, httpx.TimeoutException):
            return TryAgain("timeout")
        except (httpx.ConnectError, OSError):
            return TryAgain("connect")
        except httpx.HTTPError:
            return TryAgain("http-protocol")


def judged(name: str, answered: Answered, code: object = None, passing: frozenset[object] = frozenset()) -> Outcome:
    """Return what an answer that is no success means: `code` is the provider's own, `passing` those that pass."""
    cause = f"{name}-{answered.status}" if code is None else f"{name}-{answered.status}-{code}"
    later = answered.status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.CONFLICT}
    # Our own key is wrong or runs out: the person is not to blame, and it may be set right before the next attempt.
    ours = answered.status == HTTPStatus.UNAUTHORIZED
    if later or ours or answered.status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in passing:
        return TryAgain(cause, answered.retry_after)
    return GiveUp(cause)


def word_at(body: Mapping[str, Any], *path: str | int) -> str | None:
    """Return the text or number at a place of an answer, as text; None when there is none."""
    found: Any = body
    for step in path:
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and len(found) > step else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return str(found) if isinstance(found, str | int) else None


def number_at(body: Mapping[str, Any], *path: str | int) -> int | None:
    """Return the whole number at a place of an answer; None when there is none."""
    found = word_at(body, *path)
    return int(found) if found is not None and found.removeprefix("-").isdecimal() else None


async def _object(response: httpx.Response) -> Mapping[str, Any]:
    content = b""
    async for part in response.aiter_bytes():
        content += part
        if len(content) > _MOST:
            return {}
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}


def _seconds(headers: httpx.Headers) -> float:
    text = headers.get("retry-after", "")
    return min(float(text), _LONGEST_WAIT) if text.isascii() and text.isdecimal() else 0.0
