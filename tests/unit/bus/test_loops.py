"""Loops: a round or a rest that fails is tried again, and takes no other loop with it."""

import asyncio
from collections.abc import Awaitable, Callable

from shared.bus.loops import Loop
from shared.errors import TryLaterError


def failing(times: int, then: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Return something to wait for that fails so often first."""
    left = [None] * times

    async def once() -> None:
        if left:
            left.pop()
            raise TryLaterError("The database is away.")
        await then()

    return once


async def test_a_rest_that_fails_is_a_failed_round_and_the_loop_goes_on() -> None:
    stopping, rounds = asyncio.Event(), 0

    async def round_() -> int:
        nonlocal rounds
        rounds += 1
        return 0

    async def rested() -> None:
        assert loop.failures == 2
        stopping.set()

    loop = Loop("sealer", round_, failing(2, rested))
    await loop.run(stopping)
    assert rounds == 3
    assert loop.failures == 0


async def test_a_round_that_fails_is_tried_again() -> None:
    stopping = asyncio.Event()

    async def done() -> None:
        stopping.set()

    step = failing(1, done)

    async def round_() -> int:
        await step()
        return 1

    loop = Loop("hearing", round_, done)
    await loop.run(stopping)
    assert loop.failures == 0


async def test_a_loop_that_rests_for_an_hour_is_not_silent_and_one_that_hangs_is() -> None:
    # given one loop that has done its round and rests, and one whose round never ends
    stopping, resting, hanging = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def once() -> int:
        return 0

    async def for_an_hour() -> None:
        resting.set()
        await asyncio.sleep(3600)

    async def for_ever() -> int:
        hanging.set()
        await asyncio.sleep(3600)
        return 0

    hourly, stuck = Loop("hourly", once, for_an_hour, lull=3600), Loop("stuck", for_ever, for_an_hour, lull=3600)
    running = [asyncio.ensure_future(loop.run(stopping)) for loop in (hourly, stuck)]
    await asyncio.gather(resting.wait(), hanging.wait())

    # when a moment passes, then only the hanging one is silent
    await asyncio.sleep(0.01)
    assert hourly.silence() < 0 < stuck.silence()
    for task in running:
        task.cancel()
