"""The bus of one process: the logs themselves are the feeds, and nothing is copied."""

from collections.abc import Mapping, Sequence

from shared.bus.loops import Loop
from shared.bus.pacing import Pacer
from shared.bus.port import Hearer, Log
from shared.errors import InvalidError
from shared.eventstore.store import EventStore

POLL = 0.5
"""Seconds after which a log is looked at again although nobody woke us: another process may have written."""


class LocalBus:
    """Implements `Bus` over the stores of one process."""

    def __init__(self, stores: Mapping[str, EventStore], pacer: Pacer) -> None:
        """`pacer` lets requests go first."""
        self._stores = stores
        self._pacer = pacer

    def loop(self, hearer: Hearer) -> Loop:
        """Return the loop that reads the log behind where the hearer stands."""
        store = self._stores[hearer.source]

        async def next_batch() -> int:
            batch = await store.read(await hearer.position(store.name), hearer.batch)
            if batch:
                await hearer.take(store.name, batch, repeats=False)
            return len(batch)

        async def round_() -> int:
            return await self._pacer.turn(next_batch)

        async def rest() -> None:
            await store.wait(await hearer.position(store.name), POLL)

        return Loop(hearer.name, round_, rest, hearer.batch)

    def loops(self) -> Sequence[Loop]:
        """Return none: the logs carry themselves."""
        return ()

    def log(self, source: str) -> Log:
        """Return the log of a service."""
        return self._stores[source]

    async def needed(self, source: str, position: int, timeout: float) -> Mapping[str, int]:  # noqa: ASYNC109 - part of the port
        """Return the place itself."""
        del timeout
        store = self._stores.get(source)
        if store is None or position > await store.head():
            raise InvalidError("No command has answered with this position.", field="Redress-Wait-For")
        return {store.name: position}

    async def ends(self, source: str) -> Mapping[str, int]:
        """Return the head of the log."""
        store = self._stores[source]
        return {store.name: await store.head()}

    async def stop(self) -> None:
        """Nothing is held."""
