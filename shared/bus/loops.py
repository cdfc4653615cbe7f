"""Loops that run beside requests: each does rounds of work, beats while it is well, and survives a failed round."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from shared.supervision import Failure, attempt_async

log = logging.getLogger("redress.loops")

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 30.0
PACE = 0.03


@dataclass(slots=True)
class Loop:
    """`round` returns how much it did; at 0 the loop rests in `rest` until there may be more to do.

    After less than a `full` round it pauses for `PACE` seconds, so that facts gather into batches while requests
    keep coming; a full round means that there is more, and the next begins at once.

    A failed round, or a failed rest, is logged by its class and followed by a pause that doubles up to `LONGEST_PAUSE`
    seconds: a loop never ends before it is told to, or it would take its neighbours in the thread with it.
    """

    name: str
    round: Callable[[], Awaitable[int]]
    rest: Callable[[], Awaitable[None]]
    full: int = 1
    stop: Callable[[], Awaitable[None]] | None = None
    """Lets go of what the loop holds, after its last round."""
    lull: float = 0.0
    """For how many seconds a rest may last before the silence counts."""
    beat: float = field(default_factory=time.monotonic)
    failures: int = 0

    async def run(self, stopping: asyncio.Event) -> None:
        """Do rounds until `stopping` is set; the round in hand is finished first."""
        while not stopping.is_set():
            outcome = await attempt_async(self.round)
            if isinstance(outcome, Failure):
                await self._after_failure(outcome, stopping)
                continue
            self.beat = time.monotonic()
            if outcome == 0:
                self.beat += self.lull
                rested = await attempt_async(lambda: _first(asyncio.ensure_future(self.rest()), stopping))
                if isinstance(rested, Failure):
                    await self._after_failure(rested, stopping)
                    continue
                self.beat = time.monotonic()
            else:
                await asyncio.sleep(PACE if outcome < self.full else 0)
            self.failures = 0
        if self.stop is not None:
            await self.stop()

    async def _after_failure(self, failure: Failure, stopping: asyncio.Event) -> None:
        self.failures += 1
        log.error("round failed", extra={"loop": self.name, "error": failure.cause, "failures": self.failures})
        pause = min(FIRST_PAUSE * 2 ** min(self.failures - 1, 10), LONGEST_PAUSE)
        await _first(asyncio.ensure_future(asyncio.sleep(pause)), stopping)

    def silence(self) -> float:
        """Return for how many seconds the loop has not finished a round well; below 0 while it rests as it may."""
        return time.monotonic() - self.beat


async def _first(resting: "asyncio.Future[None]", stopping: asyncio.Event) -> None:
    stopped = asyncio.ensure_future(stopping.wait())
    either: set[asyncio.Future[Any]] = {resting, stopped}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if resting.done():
        resting.result()
    else:
        resting.cancel()
