"""The public API, called with patience: a system that says "later" is asked again, a refusal is told as it is."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from shared.errors import ConflictError, TryLaterError
from shared.web.consistency import WAIT_HEADER

PATIENCE = 12
_PAUSE = 0.1
_LOOKS, _BETWEEN_LOOKS = 600, 0.05
_MISSING = 404
_LATER = frozenset({429, 503, 504})


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, and the members of the JSON body."""

    status: int
    body: dict[str, Any]


class Door:
    """One person's way into the system: their key on every request."""

    def __init__(self, http: httpx.AsyncClient, key: str) -> None:
        """Use a connection that is shared with others."""
        self._http = http
        self._key = key

    async def post(
        self, path: str, body: dict[str, Any], once: str | None = None, *, accept: frozenset[int] = frozenset()
    ) -> Reply:
        """Carry out a command, under the key `once`; a refusal outside `accept` is a `ConflictError` that quotes it."""
        return await self._ask("POST", path, accept, {"Idempotency-Key": once} if once else {}, body)

    async def get(self, path: str, *, behind: str | None = None, accept: frozenset[int] = frozenset()) -> Reply:
        """Read something, after the view has the position `behind`."""
        return await self._ask("GET", path, accept, {WAIT_HEADER: behind} if behind else {}, None)

    async def until(self, path: str, ready: Callable[[Reply], bool], behind: str | None = None) -> Reply:
        """Read something that another service is about to make, until it is ready."""
        for _ in range(_LOOKS):
            reply = await self.get(path, behind=behind, accept=frozenset({_MISSING}))
            if ready(reply):
                return reply
            await asyncio.sleep(_BETWEEN_LOOKS)
        raise TryLaterError(f"GET {path} does not show yet what was done; see whether /readyz says that all is well.")

    async def _ask(
        self, method: str, path: str, accept: frozenset[int], headers: dict[str, str], body: dict[str, Any] | None
    ) -> Reply:
        pause = _PAUSE
        for _ in range(PATIENCE):
            answer = await self._send(method, path, headers, body)
            if answer.status_code not in _LATER:
                return _reply(answer, accept)
            await asyncio.sleep(pause)
            pause *= 1.5
        raise TryLaterError(f"{method} {path} was put off {PATIENCE} times; try again when the system has less to do.")

    async def _send(
        self, method: str, path: str, headers: dict[str, str], body: dict[str, Any] | None
    ) -> httpx.Response:
        known = headers | {"Authorization": f"Bearer {self._key}"}
        try:
            return await self._http.request(method, path, headers=known, json=body)
        except httpx.TransportError as error:
            raise TryLaterError(
                f"No system answers at {self._http.base_url} ({type(error).__name__}); start it with 'make run'."
            ) from error


def _reply(answer: httpx.Response, accept: frozenset[int]) -> Reply:
    body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if answer.is_success or answer.status_code in accept:
        return Reply(answer.status_code, body)
    request = f"{answer.request.method} {answer.request.url.path}"
    raise ConflictError(f"{request} was refused with {answer.status_code}: {body.get('detail', 'no reason given')}")
