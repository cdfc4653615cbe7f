"""The bus of one process among several: seals its own logs, hears the topics of others, knows how far both are."""

import asyncio
from collections.abc import Mapping, Sequence

from shared.bus.kafka.clients import KafkaSettings
from shared.bus.kafka.hearing import Hearing, feed_name
from shared.bus.kafka.marks import Mark, Marks
from shared.bus.kafka.reading import TopicsLog
from shared.bus.kafka.sealing import BATCH, Leading, Sealer
from shared.bus.kafka.topics import SOURCES, demand, topics_of
from shared.bus.loops import Loop
from shared.bus.port import Hearer
from shared.errors import BehindError, InvalidError
from shared.eventstore.store import EventStore

LOOK_AGAIN = 0.003
EPOCHS_EVERY = 20.0
"""Seconds between two looks whether a topic was made anew."""


class KafkaBus:
    """Implements `Bus` over Apache Kafka for the services of one process."""

    def __init__(self, settings: KafkaSettings, epochs: Mapping[str, str], instance: str | None) -> None:
        """`epochs` as `topics.demand` found them; `instance` is the lasting name of this replica."""
        self._settings = settings
        self._instance = instance
        self._epochs = epochs
        self._marks = Marks(settings)
        self._sealers: list[Loop] = []
        self._stores: dict[str, EventStore] = {}

    def seal(self, store: EventStore, leading: Leading) -> None:
        """Publish a log of this process, while it leads."""
        self._stores[store.source] = store
        sealer = Sealer(store, leading, self._settings, lambda: self._epochs, self._marks)
        self._sealers.append(Loop(f"sealer.{store.source}", sealer.round, sealer.rest, BATCH, stop=sealer.stop))

    def loop(self, hearer: Hearer) -> Loop:
        """Return the loop of a member of the hearer's group."""
        hearing = Hearing(
            hearer,
            self._settings,
            epochs=lambda: self._epochs,
            ends=lambda: dict(self._marks.of(hearer.source).places()),
            instance=self._instance,
        )
        return Loop(hearer.name, hearing.round, _at_once, stop=hearing.stop)

    def loops(self) -> Sequence[Loop]:
        """Return the sealers, the reader of marks and the look-out for new epochs."""
        marks = Loop("marks", self._marks.round, _at_once, stop=self._marks.stop)
        return [*self._sealers, marks, Loop("epochs", self._look_at_epochs, _a_while)]

    def log(self, source: str) -> TopicsLog:
        """Return the log of a service as it lies in its topics."""
        return TopicsLog(source, self._settings, lambda: self._epochs)

    async def needed(self, source: str, position: int, timeout: float) -> Mapping[str, int]:  # noqa: ASYNC109 - part of the port
        """Wait until the place is published, and return how far each partition reached then."""
        mine = self._stores.get(source)
        if source not in SOURCES or (mine is not None and position > await mine.head()):
            raise InvalidError("No command has answered with this position.", field="Redress-Wait-For")
        deadline = asyncio.get_running_loop().time() + timeout
        while (mark := self._marks.of(source)).position < position:
            if asyncio.get_running_loop().time() > deadline:
                raise BehindError(
                    f"{source} is published up to position {mark.position}, not yet to {position}; ask again.",
                    reached=mark.position,
                    wanted=position,
                )
            await asyncio.sleep(LOOK_AGAIN)
        return self._feeds(source, mark)

    async def ends(self, source: str) -> Mapping[str, int]:
        """Return how far each partition reaches, as last said by its sealer."""
        return self._feeds(source, self._marks.of(source))

    async def stop(self) -> None:
        """Nothing is held beside the loops, which let go by themselves."""

    def _feeds(self, source: str, mark: Mark) -> Mapping[str, int]:
        return {
            feed_name(place, self._epochs): end
            for place, end in mark.places()
            if place.topic in topics_of(self._settings, source)
        }

    async def _look_at_epochs(self) -> int:
        self._epochs = await demand(self._settings)
        return 0


async def _at_once() -> None:
    await asyncio.sleep(0)


async def _a_while() -> None:
    await asyncio.sleep(EPOCHS_EVERY)
