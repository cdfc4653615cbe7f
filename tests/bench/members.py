"""Processes that fold views from topics together: `python -m tests.bench.members` is one member of their group.

A member reads what it is to do, joins, says on each line how many partitions it has got, and begins when it is told.
"""

import asyncio
import gc
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec
import uvloop
from aiokafka import TopicPartition

from services.__main__ import RARELY
from services.cases.projections import projections
from shared.bus.hearers import Folding
from shared.bus.kafka.clients import KafkaSettings
from shared.bus.kafka.hearing import Hearing, feed_name
from shared.bus.kafka.topics import demand
from shared.documents.folding import Projection
from shared.documents.mongo import MongoDocuments
from shared.errors import TryLaterError
from shared.events.envelope import Recorded
from shared.policy import default_policy
from shared.supervision import attempt_async
from shared.vault.memory import passing_vault
from tests.bench.bench import BenchError
from tests.bench.ground import Ground

SOURCE = "cases"
MINE: list[Projection[Any]] = [
    projection for projection in projections(default_policy(), passing_vault()) if projection.source == SOURCE
]
JOINING, FOLDING, LEAVING = 60.0, 120.0, 15.0
SESSION_MS = 3000


class Task(msgspec.Struct, frozen=True):
    """What a member is told."""

    servers: str
    prefix: str
    mongodb: str
    database: str


class Waiting(Folding):
    """The views of the cases, which take nothing before the beginning."""

    def __init__(self, task: Task, documents: MongoDocuments) -> None:
        """Fold into `documents`, as the only group that does."""
        super().__init__(f"{SOURCE}.{task.database[-8:]}", SOURCE, MINE, documents)
        self.begun = False

    async def take(self, feed: str, batch: Sequence[Recorded], *, repeats: bool) -> None:
        """Fold facts, but not before the beginning."""
        if not self.begun:
            raise TryLaterError("The others are not there yet.")
        await super().take(feed, batch, repeats=repeats)


class Folded(NamedTuple):
    """What members did together: facts per second, and the database that now has the views."""

    rate: float
    database: str


def folded_by(ground: Ground, members: int, ends: Mapping[TopicPartition, int]) -> Folded:
    """Fold everything into a new database by so many processes."""
    database = f"{ground.mongo}_{secrets.token_hex(4)}"
    asyncio.run(_prepared(ground, database))
    task = Task(ground.kafka.servers, ground.kafka.prefix, ground.mongodb, database)
    with _running(task, members) as processes:
        _until_spread(processes, len(ends))
        begun = time.perf_counter()
        for process in processes:
            process.say(b"begin")
        asyncio.run(_until_folded(ground, database, ends))
        return Folded(sum(ends.values()) / (time.perf_counter() - begun), database)


@contextmanager
def _running(task: Task, members: int) -> Iterator[list["Member"]]:
    processes = [Member(task) for _ in range(members)]
    try:
        yield processes
    finally:
        for process in processes:
            process.end()


class Member:
    """One member's process, as seen from outside."""

    def __init__(self, task: Task) -> None:
        """Start it."""
        self.partitions = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.members"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.say(msgspec.json.encode(task))
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def gone(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def say(self, line: bytes) -> None:
        """Tell it something."""
        if self._process.stdin is not None:
            self._process.stdin.write(line + b"\n")
            self._process.stdin.flush()

    def end(self) -> None:
        """Let it leave, and see it off."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(LEAVING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            self.partitions = int(line)


def _until_spread(members: Sequence[Member], partitions: int) -> None:
    """Wait until every partition is somebody's, and everybody has some."""
    given_up = time.monotonic() + JOINING
    while sum(member.partitions for member in members) != partitions or not all(one.partitions for one in members):
        if time.monotonic() > given_up or any(member.gone for member in members):
            raise BenchError(f"{len(members)} members did not share {partitions} partitions in {JOINING:.0f} seconds")
        time.sleep(0.05)


async def _prepared(ground: Ground, database: str) -> None:
    documents = MongoDocuments(ground.mongodb, database)
    for projection in MINE:
        await documents.prepare(projection.collection)
    documents.close()


async def _until_folded(ground: Ground, database: str, ends: Mapping[TopicPartition, int]) -> None:
    epochs = await demand(ground.kafka)
    wanted = {feed_name(place, epochs): end for place, end in ends.items() if end}
    documents = MongoDocuments(ground.mongodb, database)
    given_up = time.monotonic() + FOLDING
    for projection in MINE:
        while not wanted.items() <= (await documents.positions(projection.collection)).items():
            if time.monotonic() > given_up:
                raise BenchError(f"the views are not complete within {FOLDING:.0f} seconds")
            await asyncio.sleep(0.02)
    documents.close()


async def _take_part(task: Task) -> None:
    settings = KafkaSettings(servers=task.servers, prefix=task.prefix, session_ms=SESSION_MS)
    epochs = await demand(settings)
    documents = MongoDocuments(task.mongodb, task.database)
    views = Waiting(task, documents)
    hearing = Hearing(views, settings, epochs=lambda: epochs, ends=dict, instance=None)
    told = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    while not told.done():
        await attempt_async(hearing.round)
        sys.stdout.write(f"{len(hearing.places)}\n")
        sys.stdout.flush()
    views.begun = True
    leaving = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    while not leaving.done():
        await hearing.round()
    await hearing.stop()
    documents.close()


def main() -> None:
    """Be a member until the standard input ends."""
    task = msgspec.json.decode(sys.stdin.readline(), type=Task)
    gc.set_threshold(*RARELY)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_take_part(task))


if __name__ == "__main__":
    main()
