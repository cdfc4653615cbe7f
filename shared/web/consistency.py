"""Read your own writes: a position token from a command, waited for by a query."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request

from shared.errors import InvalidError
from shared.web.access import PARAMETERS

POSITION_HEADER = "Redress-Position"
WAIT_HEADER = "Redress-Wait-For"

WaitFor = Callable[[str, str, int], Awaitable[None]]
"""(service, source, position): return when the service's views have that place of a log, or raise `BehindError`."""


def position_token(source: str, position: int) -> str:
    """Return the token of a place in a service's log, such as `cases:42`."""
    return f"{source}:{position}"


WAIT_PARAMETER: dict[str, Any] = {
    "name": WAIT_HEADER,
    "in": "header",
    "description": "Position tokens, separated by commas; the answer waits until the view has them.",
    "schema": {"type": "string"},
    "example": "cases:42",
}


async def caught_up(request: Request) -> None:
    """Wait for every token of `Redress-Wait-For` (several are separated by commas) before the view answers."""
    asked = request.headers.get(WAIT_HEADER)
    if asked is None:
        return
    wait_for: WaitFor = request.app.state.wait_for
    for token in asked.split(","):
        source, _, position = token.strip().partition(":")
        if not position.isascii() or not position.isdigit() or len(position) > 18:  # noqa: PLR2004 - fits 64 bits
            raise InvalidError(
                f"{WAIT_HEADER} takes tokens such as 'cases:42', as a command answered them.",
                field=WAIT_HEADER,
            )
        await wait_for(_service_of(request.url.path), source, int(position))


setattr(caught_up, PARAMETERS, [WAIT_PARAMETER])


_PAGES_OF_REPORTING = frozenset({"", "audit", "figures", "public"})
"""What begins the addresses of pages that do not name their service."""


def _service_of(path: str) -> str:
    first = path.split("/", 2)[1]
    return "reporting" if first in _PAGES_OF_REPORTING else first
