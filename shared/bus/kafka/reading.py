"""A whole log at rest: reads the partitions of a service's topics from the beginning, for rebuilds and the past."""

from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.bus.kafka.clients import KafkaSettings, consumer, within
from shared.bus.kafka.hearing import Epochs, feed_name
from shared.bus.kafka.marks import partitions
from shared.bus.kafka.records import incoming
from shared.bus.kafka.topics import topics_of
from shared.errors import TryLaterError
from shared.events.envelope import Recorded
from shared.eventstore.mapper import EventMapper

AHEAD = 20_000
"""Records fetched by one connection, of which a reader who asks for few is given few; memory bounds it."""


class PartitionFeed:
    """Implements `Feed` on one partition. A connection lives for one fetch, so that none is ever left open."""

    def __init__(self, source: str, place: TopicPartition, settings: KafkaSettings, name: str) -> None:
        """`name` is what stored positions call this partition."""
        self.source = source
        self.name = name
        self._place = place
        self._settings = settings
        self._mapper = EventMapper()
        self._fetched: Sequence[Any] = ()

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        """Return up to `limit` facts with a position above `after`; none when the end is reached."""
        if not self._fetched or not self._fetched[0].offset <= after <= self._fetched[-1].offset:
            self._fetched = await self._fetch(after, max(limit, AHEAD if limit > 1 else limit))
        if not self._fetched:
            return []
        start = after - self._fetched[0].offset
        return [
            incoming(self._mapper, self._place.topic, record.offset, record.headers, record.value)
            for record in self._fetched[start : start + limit]
        ]

    async def raw(self, after: int, limit: int) -> Sequence[Any]:
        """Return up to `limit` records as they lie there; none when the end is reached."""
        return await self._fetch(after, limit)

    async def head(self) -> int:
        """Return the position of the newest fact, 0 when there is none."""
        async with within(consumer(self._settings)) as reader:
            return await self._end(reader)

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - part of the port
        """Return at once: a log at rest is read to its end, and no further."""
        del after, timeout

    async def _fetch(self, after: int, enough: int) -> Sequence[Any]:
        found: list[Any] = []
        async with within(consumer(self._settings)) as reader:
            end = await self._end(reader)
            reader.seek(self._place, after)
            while after + len(found) < end and len(found) < enough:
                wanted = enough - len(found)
                records = await reader.getmany(self._place, timeout_ms=self._settings.patience_ms, max_records=wanted)
                if not records:
                    raise TryLaterError(f"{self._place.topic} cannot be read behind {after + len(found)}; ask again.")
                found.extend(records[self._place])
        return found

    async def _end(self, reader: AIOKafkaConsumer) -> int:
        reader.assign([self._place])
        return int((await reader.end_offsets([self._place]))[self._place])


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
