"""Given topics of a test's own, and a service's log to be published on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from aiokafka import TopicPartition

from shared.bus.kafka.clients import KafkaSettings
from shared.bus.kafka.hearing import Hearing, feed_name
from shared.bus.kafka.marks import Marks
from shared.bus.kafka.reading import TopicsLog
from shared.bus.kafka.sealing import Sealer
from shared.bus.kafka.topics import apply, demand
from shared.bus.port import Hearer
from shared.events.envelope import Recorded
from shared.eventstore.store import EventStore
from shared.ids import derived_id
from tests.unit.eventstore.test_store import context, note

SOURCE = "cases"


class Leading:
    """Leads as long as it is told to."""

    def __init__(self) -> None:
        """Lead at first."""
        self.yes = True

    async def holds(self) -> bool:
        """Say so."""
        return self.yes


@dataclass
class Broker:
    """Topics of one test."""

    settings: KafkaSettings
    epochs: Mapping[str, str] = field(default_factory=dict)

    async def topics(self) -> "Broker":
        """Make the topics, or learn of new ones."""
        await apply(self.settings)
        self.epochs = await demand(self.settings)
        return self

    def sealer(self, store: EventStore) -> Sealer:
        """Return a sealer that leads."""
        return Sealer(store, Leading(), self.settings, lambda: self.epochs, Marks(self.settings))

    def hearing(
        self, hearer: Hearer, instance: str | None = None, ends: Mapping[TopicPartition, int] | None = None
    ) -> Hearing:
        """Return a member of the hearer's group; `ends` is what its watchdog is told of the partitions."""
        return Hearing(hearer, self.settings, epochs=lambda: self.epochs, ends=lambda: ends or {}, instance=instance)

    async def published(self) -> Sequence[Recorded]:
        """Return everything that lies on the topics, partition by partition."""
        found: list[Recorded] = []
        for feed in await TopicsLog(SOURCE, self.settings, lambda: self.epochs).feeds():
            position = 0
            while batch := await feed.read(position, 500):
                found.extend(batch)
                position = batch[-1].position
        return found


def stream(number: int) -> UUID:
    """Return the id of a stream."""
    return derived_id("kafka-test", str(number))


async def say(store: EventStore, texts: int, streams: int = 5) -> None:
    """Record notes 0, 1, 2 … in turn on so many streams."""
    versions = {number: len(await store.stream(stream(number))) for number in range(streams)}
    for text in range(texts):
        number = text % streams
        await store.write(context(), note(str(text), version=versions[number], stream=stream(number)))
        versions[number] += 1


def once_in_order(facts: Sequence[Recorded]) -> Sequence[Recorded]:
    """Return the facts without repeats, after checking that no stream has a gap."""
    versions: dict[UUID, int] = {}
    fresh = []
    for fact in facts:
        head = fact.envelope
        last = versions.get(head.stream_id, 0)
        assert head.stream_version <= last + 1, f"a gap in stream {head.stream_id} behind {last}"
        if head.stream_version == last + 1:
            versions[head.stream_id] = last + 1
            fresh.append(fact)
    return fresh


__all__ = ["SOURCE", "Broker", "Leading", "feed_name", "once_in_order", "say", "stream"]
