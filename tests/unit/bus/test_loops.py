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
