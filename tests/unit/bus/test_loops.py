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
