"""The load generator, a process of its own: `python -m tests.bench.load` reads a plan and writes what came of it.

Each connection has one request under way, and only a complete answer counts. Anything but a 2xx ends it all.
"""

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import uvloop

from tests.bench.bench import BenchError
from tests.bench.calls import Plan, Turn, turns

_GRACE = 30.0
_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Loaded(msgspec.Struct, frozen=True):
    """What came of a load: turns by the end of the time and in all, how long it took, the latencies in seconds."""

    in_time: int
    turns: int
    seconds: float
    latencies: list[float]
    told: list[str]

    @property
    def rate(self) -> float:
        """Turns per second."""
        return self.in_time / self.seconds if self.in_time else 0.0

    def percentile(self, share: float) -> float:
        """Return the latency in milliseconds that this share of the requests stays below."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def load(plan: Plan) -> Loaded:
    """Run a plan in a process of its own."""
    arguments = [sys.executable, "-m", "tests.bench.load"]
    limit = plan.seconds + _GRACE
    try:
        ran = subprocess.run(
            arguments, input=msgspec.json.encode(plan), capture_output=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"the load '{plan.turn}' did not end within {limit:.0f} seconds") from error
    if ran.returncode:
        raise BenchError(f"the load '{plan.turn}' failed: {ran.stderr.decode()[-2000:]}")
    return msgspec.json.decode(ran.stdout, type=Loaded)


class _Course:
    """What all connections of a load share: the turns still to come, and what came of those that ended."""

    def __init__(self, plan: Plan, finished: asyncio.Future[None]) -> None:
        self.turns: Iterator[Turn] = turns(plan)
        self.latencies: list[float] = []
        self.told: list[str] = []
        self.done = 0
        self._plan = plan
        self._finished = finished
        self._connected = plan.connections
        self._begun = time.perf_counter()
        self._in_time = 0
        self._last = self._begun

    def next_turn(self) -> Turn | None:
        """Return the next turn, or None when the time is up or nothing is left to say."""
        if time.perf_counter() - self._begun >= self._plan.seconds:
            return None
        return next(self.turns, None)

    def ended(self, told: str) -> None:
        """Count a turn."""
        self.done += 1
        if told:
            self.told.append(told)
        now = time.perf_counter()
        if now - self._begun <= self._plan.seconds:
            self._in_time += 1
            self._last = now

    def leave(self) -> None:
        """Let a connection go; the last one ends the load."""
        self._connected -= 1
        if self._connected == 0 and not self._finished.done():
            self._finished.set_result(None)

    def fail(self, why: str) -> None:
        """End the load with a complaint."""
        if not self._finished.done():
            self._finished.set_exception(BenchError(why))

    def outcome(self) -> Loaded:
        """Return what came of it."""
        return Loaded(self._in_time, self.done, self._last - self._begun, self.latencies, self.told)


class _Connection(asyncio.Protocol):
    """One caller: says a request, waits for the whole answer, goes on."""

    def __init__(self, course: _Course) -> None:
        self._course = course
        self._received = b""
        self._sent = 0.0
        self._leaving = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(_END)
        if not end:
            return
        missing = _length(head) - len(body)
        if missing > 0:
            return
        self._course.latencies.append(time.perf_counter() - self._sent)
        if missing < 0 or head[9:10] != b"2":
            self._course.fail(f"{head.decode()}\n{body[:500].decode()}")
            return
        self._received = b""
        self._go_on(body)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self._leaving:
            self._course.fail("the server closed a connection")

    def _begin(self) -> None:
        turn = self._course.next_turn()
        if turn is None:
            self._leaving = True
            self._transport.close()
            self._course.leave()
            return
        self._turn = turn
        self._say(next(turn))

    def _go_on(self, body: bytes) -> None:
        try:
            request = self._turn.send(body)
        except StopIteration as ended:
            self._course.ended(ended.value)
            self._begin()
            return
        self._say(request)

    def _say(self, request: bytes) -> None:
        self._sent = time.perf_counter()
        self._transport.write(request)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[: len(_LENGTH)].lower() == _LENGTH:
            return int(line[len(_LENGTH) :])
    raise BenchError(f"an answer does not say how long it is: {head.decode()}")


async def _run(plan: Plan) -> Loaded:
    loop = asyncio.get_running_loop()
    finished: asyncio.Future[None] = loop.create_future()
    course = _Course(plan, finished)

    def fail(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        course.fail(f"{context['message']}: {context.get('exception')!r}")

    loop.set_exception_handler(fail)
    for _ in range(plan.connections):
        await loop.create_connection(lambda: _Connection(course), "127.0.0.1", plan.port)
    await finished
    return course.outcome()


def main() -> None:
    """Run the plan on standard input and write what came of it to standard output."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)
    gc.disable()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.buffer.write(msgspec.json.encode(runner.run(_run(plan))))


if __name__ == "__main__":
    main()
