"""Requests first: background work rests while they are dense, and not a moment longer."""

import time

from shared.bus.pacing import DENSE, Pacer


async def work() -> int:
    """Take a hundredth of a second."""
    time.sleep(0.01)  # noqa: ASYNC251 - folding a batch does not yield either
    return 1


async def test_a_turn_owes_no_rest_while_requests_are_few() -> None:
    pacer = Pacer(lambda: DENSE - 1)
    assert await pacer.turn(work) == 1
    assert pacer._free_at == 0


async def test_each_turn_is_followed_by_a_rest_while_requests_are_dense() -> None:
    pacer = Pacer(lambda: DENSE)
    began = time.monotonic()
    for _ in range(3):
        assert await pacer.turn(work) == 1
    assert time.monotonic() - began > 0.12
