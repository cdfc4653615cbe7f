"""Records in batches of our own: each where Kafka's own producers would put it, each stream in order."""

import pytest
from aiokafka.partitioner import DefaultPartitioner

from shared.bus.kafka.batches import partition_of, send
from shared.bus.kafka.clients import consumer, producer, within
from shared.bus.kafka.marks import partitions
from shared.bus.kafka.records import Outgoing
from shared.bus.kafka.topics import topic_of
from shared.ids import derived_id
from tests.unit.bus.kafka.given import Broker

STREAM = "cases.case"
KEYS = [str(derived_id("batches", str(number))).encode() for number in range(40)]


def test_a_key_lies_where_the_producers_of_kafka_put_it() -> None:
    usual = DefaultPartitioner()
    assert [partition_of(key, 6) for key in KEYS] == [usual(key, list(range(6)), []) for key in KEYS]


@pytest.mark.engine
async def test_what_fills_many_batches_keeps_the_order_of_its_stream(broker: Broker) -> None:
    await broker.topics()
    records = [Outgoing(STREAM, key, b"%04d" % turn * 1000, []) for turn in range(20) for key in KEYS]
    async with within(producer(broker.settings)) as producing:
        reached = await send(producing, broker.settings, records)
    places = partitions(broker.settings, [topic_of(broker.settings, STREAM)])
    found: dict[bytes, list[bytes]] = {key: [] for key in KEYS}
    async with within(consumer(broker.settings)) as reader:
        reader.assign(places)
        ends = await reader.end_offsets(places)
        await reader.seek_to_beginning(*places)
        while sum(map(len, found.values())) < len(records):
            for some in (await reader.getmany(timeout_ms=1000)).values():
                for record in some:
                    found[record.key].append(record.value[:4])
    assert all(turns == [b"%04d" % turn for turn in range(20)] for turns in found.values())
    assert {(place.partition, place.offset + 1) for place in reached} == {
        (place.partition, end) for place, end in ends.items()
    }
