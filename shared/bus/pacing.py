"""Requests first: while many of them are in hand, background work takes turns and rests between them."""

import asyncio
import time
from collections.abc import Awaitable, Callable

DENSE = 8
"""Requests in hand from which on they have the right of way."""
YIELD = 5.0
"""Then each turn is followed by a rest of so many times its length, so that background work has a sixth at most."""


class Pacer:
    """Shared by the loops of a process: one turn at a time, with rests while requests are dense.

    Nothing is lost by it: what waits lies in the logs, and is caught up with as soon as requests thin out.
    """

    def __init__(self, requests: Callable[[], int] = lambda: 0) -> None:
        """`requests` tells how many requests are in hand."""
        self._requests = requests
        self._lock = asyncio.Lock()
        self._free_at = 0.0

    async def turn(self, work: Callable[[], Awaitable[int]]) -> int:
        """Do a round of work when it is its turn."""
        async with self._lock:
            await asyncio.sleep(max(0.0, self._free_at - time.monotonic()))
            began = time.monotonic()
            done = await work()
            if self._requests() >= DENSE:
                ended = time.monotonic()
                self._free_at = ended + YIELD * (ended - began)
            return done
