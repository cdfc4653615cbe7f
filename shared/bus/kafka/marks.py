"""How far each log has been published: one small record after every batch, read by every process.

A mark says for a place in a service's log how far the partitions reached when everything up to it was acknowledged.
So "has this view seen place 42 of the cases?" becomes "has it read each partition up to here?".
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.bus.kafka.clients import KafkaSettings, consumer, ended, within
from shared.bus.kafka.topics import SOURCES, sealed_topic, topics_of
from shared.supervision import attempt_async


class Place(NamedTuple):
    """Where a record came to lie; the offset is -1 where the brokers do not say it."""

    topic: str
    partition: int
    offset: int


class Mark(msgspec.Struct, frozen=True):
    """Everything up to `position` is published; `ends`: topic -> partition -> number of records there, at least."""

    position: int = 0
    epoch: str = ""
    ends: Mapping[str, Mapping[str, int]] = {}

    def encoded(self) -> bytes:
        """Return the record's value."""
        return msgspec.json.encode(self)

    def places(self) -> Iterator[tuple[TopicPartition, int]]:
        """Return each partition with the number of records that it held, at least."""
        for topic, partitions in self.ends.items():
            for number, end in partitions.items():
                yield TopicPartition(topic, int(number)), end

    def reaching(self, position: int, places: Sequence[Place]) -> "Mark":
        """Return the mark after more was published."""
        ends = {topic: dict(partitions) for topic, partitions in self.ends.items()}
        for place in places:
            partitions = ends.setdefault(place.topic, {})
            number = str(place.partition)
            partitions[number] = max(partitions.get(number, 0), place.offset + 1)
        return Mark(position, self.epoch, ends)


class Marks:
    """The newest mark of each service that somebody here wants to know of."""

    def __init__(self, settings: KafkaSettings, sources: Sequence[str] = SOURCES) -> None:
        """Nothing is known before the first round."""
        self._settings = settings
        self._sources = {sealed_topic(settings, source): source for source in sources}
        self._known: dict[str, Mark] = {}
        self._reader: AIOKafkaConsumer | None = None

    def of(self, source: str) -> Mark:
        """Return the newest mark of a service."""
        return self._known.get(source, Mark())

    def learn(self, source: str, mark: Mark) -> None:
        """Take a mark; the newest one counts, and one of a new epoch counts whatever its position is."""
        known = self.of(source)
        if mark.epoch != known.epoch or mark.position >= known.position:
            self._known[source] = mark

    async def round(self) -> int:
        """Read what has been said since the last round; return 0, for the next may begin at once."""
        reader = await self._started()
        found = await reader.getmany(timeout_ms=500)
        for place, records in found.items():
            for record in records:
                self.learn(self._sources[place.topic], msgspec.json.decode(record.value, type=Mark))
        return sum(map(len, found.values()))

    async def measured(self, source: str, position: int, epoch: str) -> Mark:
        """Return a mark with the ends as the brokers know them."""
        async with within(consumer(self._settings)) as reader:
            places = partitions(self._settings, topics_of(self._settings, source))
            reader.assign(places)
            ends: dict[str, dict[str, int]] = {}
            for place, end in (await reader.end_offsets(places)).items():
                ends.setdefault(place.topic, {})[str(place.partition)] = end
        return Mark(position, epoch, ends)

    async def stop(self) -> None:
        """Let go of the brokers."""
        if self._reader is not None:
            stopping, self._reader = self._reader, None
            await attempt_async(lambda: asyncio.wait_for(ended(stopping), 5))

    async def _started(self) -> AIOKafkaConsumer:
        if self._reader is None:
            reader = consumer(self._settings)
            await reader.start()
            places = [TopicPartition(topic, 0) for topic in self._sources]
            reader.assign(places)
            ends = await reader.end_offsets(places)
            for place, end in ends.items():
                reader.seek(place, max(end - 1, 0))
            self._reader = reader
        return self._reader


def partitions(settings: KafkaSettings, topics: Sequence[str]) -> list[TopicPartition]:
    """Return every partition of these topics of facts; their number is checked at the start and never changes."""
    return [TopicPartition(topic, number) for topic in topics for number in range(settings.partitions)]
