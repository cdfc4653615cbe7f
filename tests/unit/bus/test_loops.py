"""Loops outlast what fails in them: a round, and a rest."""

import asyncio

from shared.bus.loops import Loop


async def test_a_loop_whose_rest_fails_goes_on_with_its_rounds() -> None:
    # given a loop that rests on something that is away
    stopping, rounds = asyncio.Event(), list[int]()

    async def once() -> int:
        rounds.append(len(rounds))
        if len(rounds) > 2:
            stopping.set()
        return 0

    async def rest() -> None:
        raise ConnectionError

    # when it runs, then it tries again until it is told to stop
    loop = Loop("patient", once, rest)
    async with asyncio.timeout(10):
        await loop.run(stopping)
    assert len(rounds) == 3
