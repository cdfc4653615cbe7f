"""A whole log at rest: reads the partitions of a service's topics from the beginning, for rebuilds and the past."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.bus.kafka.clients import KafkaSettings, consumer, within
from shared.bus.kafka.hearing import Epochs, feed_name
from shared.bus.kafka.marks import partitions
from shared.bus.kafka.records import incoming
from shared.bus.kafka.topics import topics_of
from shared.events.envelope import Recorded
from shared.eventstore.mapper import EventMapper


class PartitionFeed:
    """Implements `Feed` on one partition; a client of its own for as long as it is read."""

    def __init__(self, source: str, place: TopicPartition, settings: KafkaSettings, name: str) -> None:
        """`name` is what stored positions call this partition."""
        self.source = source
        self.name = name
        self._place = place
        self._settings = settings
        self._mapper = EventMapper()
        self._reader: AIOKafkaConsumer | None = None
        self._at = -1

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        """Return up to `limit` facts with a position above `after`; none when the end is reached."""
        reader = await self._opened()
        if after >= await self.head():
            await self.close()
            return []
        if after != self._at:
            reader.seek(self._place, after)
        records = await reader.getmany(self._place, timeout_ms=self._settings.patience_ms, max_records=limit)
        facts = [
            incoming(self._mapper, self._place.topic, record.offset, record.headers, record.value)
            for record in records.get(self._place, ())
        ]
        self._at = facts[-1].position if facts else -1
        return facts

    async def head(self) -> int:
        """Return the position of the newest fact, 0 when there is none."""
        reader = await self._opened()
        return int((await reader.end_offsets([self._place]))[self._place])

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - part of the port
        """Return at once: a log at rest is read to its end, and no further."""
        del after, timeout

    async def close(self) -> None:
        """Let go of the brokers."""
        if self._reader is not None:
            reader, self._reader = self._reader, None
            await reader.stop()

    async def _opened(self) -> AIOKafkaConsumer:
        if self._reader is None:
            reader = consumer(self._settings)
            await reader.start()
            reader.assign([self._place])
            self._reader, self._at = reader, -1
        return self._reader


class TopicsLog:
    """Implements `Log`: one feed for each partition of a service's topics."""

    def __init__(self, source: str, settings: KafkaSettings, epochs: Epochs) -> None:
        """Nothing is connected before a feed is read."""
        self.source = source
        self._settings = settings
        self._epochs = epochs

    async def feeds(self) -> Sequence[PartitionFeed]:
        """Return the partitions."""
        return [
            PartitionFeed(self.source, place, self._settings, feed_name(place, self._epochs()))
            for place in partitions(self._settings, topics_of(self._settings, self.source))
        ]

    async def heads(self) -> Sequence[int]:
        """Return how many records each partition holds, in the order of `feeds`."""
        places = partitions(self._settings, topics_of(self._settings, self.source))
        async with within(consumer(self._settings)) as reader:
            reader.assign(places)
            ends = await reader.end_offsets(places)
        return [ends[place] for place in places]
