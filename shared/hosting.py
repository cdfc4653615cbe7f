"""A process that hosts services: their stores and views opened, their loops running in a thread of their own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import uvloop

from shared.bus import projecting, reacting
from shared.bus.loops import Loop
from shared.bus.pacing import Pacer
from shared.bus.projecting import project
from shared.bus.reacting import react
from shared.clock import Clock, system_clock
from shared.documents.folding import Projection
from shared.errors import BehindError, InvalidError
from shared.service import Service

POLL = 0.5
"""Seconds after which a log is looked at again although nobody woke us: another process may have written."""
WAIT_LIMIT = 5.0
"""Seconds that a query waits for its view."""
STALE_AFTER = 60.0
"""Seconds without a good round after which a loop counts as dead."""
READY_LAG = 10_000
"""Facts that a view may be behind and the process still count as ready."""


class Host:
    """Runs the loops of its services and knows how far they are."""

    def __init__(
        self,
        services: Sequence[Service],
        clock: Clock = system_clock,
        requests: Callable[[], int] = lambda: 0,
    ) -> None:
        """Prepare the loops; `start` sets them going. `requests` tells how many are in hand just now."""
        self.services = {service.name: service for service in services}
        self._clock = clock
        self._stopping = asyncio.Event()
        self._pacer = Pacer(requests)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.loops = [loop for service in services for loop in self._loops_of(service)]

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
        loops = [loop for loop in self.loops if not loop.name.startswith("background")]
        while done := sum([await loop.round() for loop in loops]):
            progress(done)

    async def wait_for(self, service: str, source: str, position: int) -> None:
        """Return when a service's views have a place of a log, and what its neighbours made of it; or `BehindError`."""
        deadline = asyncio.get_running_loop().time() + WAIT_LIMIT
        heard = self.services.get(source)
        if heard is None or position > await heard.store.head():
            raise InvalidError("No command has answered with this position.", field="Redress-Wait-For")
        mine = self.services.get(service)
        for near in {projection.source for projection in mine.projections} if mine else ():
            needed = position if near == source else 0
            if near in self.services:
                needed = max(needed, await self._after_reactions(near, source, position, deadline))
            await self._views_at(service, near, needed, deadline)

    def unwell(self) -> list[str]:
        """Return the names of loops that have not finished a round for too long."""
        return [loop.name for loop in self.loops if loop.silence() > STALE_AFTER]

    async def lag(self) -> dict[str, int]:
        """Return by how many facts each view is behind its log."""
        behind = {}
        for service in self.services.values():
            for projection in service.projections:
                head = await self.services[projection.source].store.head()
                position = await service.documents.position(projection.collection)
                behind[f"{service.name}.{projection.collection.name}"] = head - position
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
        for service in self.services.values():
            for reaction in service.reactions:
                head = await self.services[reaction.source].store.head()
                behind += head - await service.store.reached(reaction.name)
        return behind

    async def _after_reactions(self, service: str, source: str, position: int, deadline: float) -> int:
        reactions = [reaction for reaction in self.services[service].reactions if reaction.source == source]
        store = self.services[service].store
        for reaction in reactions:
            await self._until(lambda name=reaction.name: store.reached(name), position, deadline, service)  # type: ignore[misc]  # bound default
        return await store.head() if reactions else 0

    async def _views_at(self, service: str, source: str, position: int, deadline: float) -> None:
        mine = self.services[service]
        for projection in mine.projections:
            if projection.source == source:
                collection = projection.collection
                await self._until(
                    lambda collection=collection: mine.documents.position(collection),  # type: ignore[misc]  # bound default
                    position,
                    deadline,
                    service,
                )

    async def _until(self, reached: Callable[[], Awaitable[int]], position: int, deadline: float, service: str) -> None:
        while (at := await reached()) < position:
            if asyncio.get_running_loop().time() > deadline:
                raise BehindError(
                    f"{service} is at position {at}, not yet at {position}; ask again.", reached=at, wanted=position
                )
            await asyncio.sleep(0.003)

    def _loops_of(self, service: Service) -> list[Loop]:
        loops = [self._reaction_loop(service, index) for index in range(len(service.reactions))]
        for source in dict.fromkeys(projection.source for projection in service.projections):
            mine = [projection for projection in service.projections if projection.source == source]
            loops.append(self._projection_loop(service, source, mine))
        for name, once, rest in service.background:
            loops.append(Loop(f"background.{service.name}.{name}", _counted(once), self._resting(rest)))
        return loops

    def _reaction_loop(self, service: Service, index: int) -> Loop:
        reaction = service.reactions[index]

        async def round_() -> int:
            feed = self.services[reaction.source].store
            return await self._pacer.turn(lambda: react(reaction, feed, service.store, self._clock))

        async def rest() -> None:
            after = await service.store.reached(reaction.name)
            await self._woken(reaction.source, after)

        return Loop(f"reaction.{reaction.name}", round_, rest, reacting.BATCH)

    def _projection_loop(self, service: Service, source: str, projections: list[Projection[Any]]) -> Loop:
        async def round_() -> int:
            feed = self.services[source].store
            return await self._pacer.turn(lambda: project(projections, feed, service.documents))

        async def rest() -> None:
            after = await service.documents.position(projections[0].collection)
            await self._woken(source, after)

        return Loop(f"projection.{service.name}.{source}", round_, rest, projecting.BATCH)

    async def _woken(self, source: str, after: int) -> None:
        await self.services[source].store.wait(after, POLL)

    def _resting(self, seconds: float) -> Callable[[], Coroutine[Any, Any, None]]:
        async def rest() -> None:
            stopped = asyncio.ensure_future(self._stopping.wait())
            await asyncio.wait({stopped}, timeout=seconds)
            stopped.cancel()

        return rest

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
