"""Records of many streams as one batch per partition: a batch costs the producer as much as a single record does."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import lru_cache

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import murmur2

from shared.bus.kafka.clients import KafkaSettings
from shared.bus.kafka.marks import Place
from shared.bus.kafka.records import Outgoing
from shared.bus.kafka.topics import topic_of

_KEYS = 50_000


async def send(producing: AIOKafkaProducer, settings: KafkaSettings, records: Iterable[Outgoing]) -> Sequence[Place]:
    """Send records, those of a partition in their order; return the last place in each once all are acknowledged."""
    shares: dict[TopicPartition, list[Outgoing]] = {}
    for record in records:
        place = TopicPartition(topic_of(settings, record.stream), partition_of(record.key, settings.partitions))
        shares.setdefault(place, []).append(record)
    return await asyncio.gather(*(_send(producing, place, share) for place, share in shares.items()))


def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition of a key: the one that Kafka's own producers choose."""
    return _hashed(key) % partitions


@lru_cache(_KEYS)
def _hashed(key: bytes) -> int:
    return int(murmur2(key)) & 0x7FFFFFFF


async def _send(producing: AIOKafkaProducer, place: TopicPartition, records: Sequence[Outgoing]) -> Place:
    acknowledged = []
    batch = producing.create_batch()
    for record in records:
        said = {"key": record.key, "value": record.value, "headers": record.headers, "timestamp": None}
        if batch.append(**said) is None:
            acknowledged.append(await producing.send_batch(batch, place.topic, partition=place.partition))
            batch = producing.create_batch()
            batch.append(**said)
    batch.close()
    acknowledged.append(await producing.send_batch(batch, place.topic, partition=place.partition))
    begun = (await asyncio.gather(*acknowledged))[-1].offset
    return Place(place.topic, place.partition, begun + batch.record_count() - 1 if begun >= 0 else -1)
