"""A process that hosts services: their loops run in a thread of their own, and it knows how far each has come."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import uvloop

from shared.bus.bus import Bus
from shared.bus.drift import LOOK, Drift
from shared.bus.hearers import Answering, Folding
from shared.bus.loops import Loop
from shared.bus.port import Hearer
from shared.clock import Clock, system_clock
from shared.documents.folding import Projection
from shared.errors import BehindError
from shared.observing.metrics import Measured
from shared.service import Service

WAIT_LIMIT = 5.0
"""Seconds that a query waits for its view."""
STALE_AFTER = 60.0
"""Seconds without a good round after which a loop counts as dead."""
READY_LAG = 10_000
"""Facts that a view may be behind and the process still count as ready."""

Leads = Callable[[str], Awaitable[bool]]
"""Says whether this process is the one to do a service's background work: mail is sent once, not once a replica."""


async def always(_service: str) -> bool:
    """Lead: there is no other process."""
    return True


class Host:
    """Runs the loops of its services and knows how far they are."""

    def __init__(
        self, services: Sequence[Service], bus: Bus, clock: Clock = system_clock, leads: Leads = always
    ) -> None:
        """Prepare the loops; `start` sets them going."""
        self.services = {service.name: service for service in services}
        self.bus = bus
        self._clock = clock
        self._leads = leads
        self._stopping = asyncio.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._hearers = {service.name: self._hearers_of(service) for service in services}
        self._hearing = [bus.loop(hearer) for hearers in self._hearers.values() for hearer in hearers]
        self._drift = {
            one.name: Drift(one.name, one.projections, one.documents, bus=bus, clock=clock)
            for one in services
            if one.projections
        }
        self.loops = [
            *bus.loops(),
            *self._hearing,
            *(loop for service in services for loop in [*self._chores(service), *self._own(service)]),
            *self._looks(),
        ]

    async def prepare(self) -> None:
        """Create the collections of every view."""
        for service in self.services.values():
            for projection in service.projections:
                await service.documents.prepare(projection.collection)

    def start(self) -> None:
        """Run the loops in a thread with an event loop of its own, so that requests never wait for a batch."""
        started = threading.Event()
        self._thread = threading.Thread(target=self._run_loops, args=(started,), name="loops", daemon=True)
        self._thread.start()
        started.wait()

    def stop(self) -> None:
        """Let every loop finish its round, then end the thread."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    async def drain(self, progress: Callable[[int], None] = lambda _done: None) -> None:
        """Carry out rounds, without the thread, until no reaction or view has anything left to do."""
        while done := sum([await loop.round() for loop in self._hearing]):
            progress(done)

    async def wait_for(self, service: str, source: str, position: int) -> None:
        """Return when a service's views have a place of a log, and what its neighbours made of it; or `BehindError`.

        Neighbours are the services of this process: what another process makes of the place is not waited for.
        """
        deadline = asyncio.get_running_loop().time() + WAIT_LIMIT
        asked = await self.bus.needed(source, position, WAIT_LIMIT)
        for hearer in self._hearers.get(service, ()):
            if not isinstance(hearer, Folding):
                continue
            if hearer.source == source:
                await self._until(hearer, asked, deadline)
            if hearer.source in self.services:
                await self._until(hearer, await self._answered(hearer.source, source, asked, deadline), deadline)

    def unwell(self) -> list[str]:
        """Return the names of loops that have not finished a round for too long."""
        return [loop.name for loop in self.loops if loop.silence() > STALE_AFTER]

    async def measured(self) -> Measured:
        """Return the numbers for a monitor."""
        silence = {loop.name: loop.silence() for loop in self.loops}
        return Measured(
            lag=await self.lag(),
            dead_letters=await self.parked(),
            silence=silence,
            drift=self._drifted(),
            spooled=self.spooled(),
            checkpoints=self._checkpoints(),
        )

    def _checkpoints(self) -> dict[str, float]:
        ages = ((service.name, service.ledger.age()) for service in self.services.values() if service.ledger)
        return {name: age for name, age in ages if age is not None}

    def _drifted(self) -> dict[str, int]:
        return {name: differs for drift in self._drift.values() for name, differs in drift.found.items()}

    def spooled(self) -> dict[str, int]:
        """Return what waits on this disk for the record of each service."""
        found = ((service.name, service.spooled()) for service in self.services.values())
        return {f"{name}.{state}": number for name, counts in found for state, number in counts.items()}

    async def lag(self) -> dict[str, int]:
        """Return by how many facts each view is behind its log."""
        behind = {}
        for service in self.services.values():
            for projection in service.projections:
                reached = await service.documents.positions(projection.collection)
                name = f"{service.name}.{projection.collection.name}"
                behind[name] = _behind(await self.bus.ends(projection.source), reached)
        return behind

    async def parked(self) -> dict[str, int]:
        """Return how many facts of each reaction's service, and streams of each view, wait in dead letters."""
        waiting = {name: await service.store.parked() for name, service in self.services.items()}
        for service in self.services.values():
            for projection in service.projections:
                name = f"{service.name}.{projection.collection.name}"
                waiting[name] = len(await service.documents.parked(projection.collection))
        return waiting

    async def backlog(self) -> int:
        """Return how many facts the reactions and views have still to read."""
        behind = sum((await self.lag()).values())
        for hearers in self._hearers.values():
            for hearer in hearers:
                if isinstance(hearer, Answering):
                    ends = await self.bus.ends(hearer.source)
                    behind += _behind(ends, {feed: await hearer.position(feed) for feed in ends})
        return behind

    async def _answered(
        self, neighbour: str, source: str, asked: Mapping[str, int], deadline: float
    ) -> Mapping[str, int]:
        """Wait until a neighbour has answered a place, and return what its own log then reaches."""
        answering = [
            hearer for hearer in self._hearers[neighbour] if isinstance(hearer, Answering) and hearer.source == source
        ]
        for hearer in answering:
            await self._until(hearer, asked, deadline)
        if not answering:
            return {}
        head = await self.services[neighbour].store.head()
        return await self.bus.needed(neighbour, head, deadline - asyncio.get_running_loop().time())

    async def _until(self, hearer: Hearer, needed: Mapping[str, int], deadline: float) -> None:
        for feed, position in needed.items():
            while (at := await hearer.position(feed)) < position:
                if asyncio.get_running_loop().time() > deadline:
                    raise BehindError(
                        f"{hearer.name} is at position {at}, not yet at {position}; ask again.",
                        reached=at,
                        wanted=position,
                    )
                await asyncio.sleep(0.003)

    def _hearers_of(self, service: Service) -> list[Hearer]:
        hearers: list[Hearer] = [Answering(reaction, service.store, self._clock) for reaction in service.reactions]
        for source in dict.fromkeys(projection.source for projection in service.projections):
            mine: list[Projection[Any]] = [each for each in service.projections if each.source == source]
            hearers.append(Folding(service.name, source, mine, service.documents))
        return hearers

    def _chores(self, service: Service) -> list[Loop]:
        return [
            Loop(f"background.{service.name}.{name}", self._led(service.name, once), _resting(rest), lull=rest)
            for name, once, rest in service.background
        ]

    def _looks(self) -> list[Loop]:
        return [
            Loop(f"drift.{name}", self._led(name, drift.once), _resting(LOOK), lull=LOOK)
            for name, drift in self._drift.items()
        ]

    def _own(self, service: Service) -> list[Loop]:
        return [
            Loop(f"background.{service.name}.{name}", _counted(once), _resting(rest), lull=rest)
            for name, once, rest in service.everywhere
        ]

    def _led(self, service: str, once: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[int]]:
        async def round_() -> int:
            if await self._leads(service):
                await once()
            return 0

        return round_

    def _run_loops(self, started: threading.Event) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._run(started))

    async def _run(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        started.set()
        await asyncio.gather(*(loop.run(self._stopping) for loop in self.loops))


def _counted(once: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[int]]:
    async def round_() -> int:
        await once()
        return 0

    return round_


def _resting(seconds: float) -> Callable[[], Awaitable[None]]:
    async def rest() -> None:
        await asyncio.sleep(seconds)

    return rest


def _behind(ends: Mapping[str, int], reached: Mapping[str, int]) -> int:
    return sum(max(end - reached.get(feed, 0), 0) for feed, end in ends.items())
