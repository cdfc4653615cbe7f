"""Each engine answers as the product uses it, keeps what it was told over a kill, and never stays behind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from motor.motor_asyncio import AsyncIOMotorClient

from tests.engines.engine import Engine, Kafka


@asynccontextmanager
async def topic(kafka: Kafka, name: str) -> AsyncIterator[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.address)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
        yield name
        await admin.delete_topics([name])
    finally:
        await admin.close()


async def produce(kafka: Kafka, name: str, value: bytes) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=kafka.address, acks="all", enable_idempotence=kafka.idempotence
    ) as producer:
        await producer.send_and_wait(name, value, key=b"a stream")


async def consume(kafka: Kafka, name: str) -> list[bytes | None]:
    async with AIOKafkaConsumer(
        bootstrap_servers=kafka.address, enable_auto_commit=False, auto_offset_reset="earliest"
    ) as consumer:
        partition = TopicPartition(name, 0)
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        values: list[bytes | None] = []
        while await consumer.position(partition) < end:
            values += [record.value for record in (await consumer.getmany(timeout_ms=1000)).get(partition, [])]
        return values


async def test_kafka_gives_back_what_it_was_told(kafka: Kafka, topic_prefix: str) -> None:
    async with topic(kafka, f"{topic_prefix}messages") as name:
        await produce(kafka, name, b"a wage was not paid")
        assert await consume(kafka, name) == [b"a wage was not paid"]


def test_postgres_answers(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert connection.info.dbname.startswith("redress_test_")


async def test_mongodb_gives_back_what_it_was_told(mongodb: Engine, mongo_database: str) -> None:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongodb.address)
    await client[mongo_database].cases.insert_one({"_id": 1, "state": "open"})
    assert await client[mongo_database].cases.find_one({}) == {"_id": 1, "state": "open"}
    assert (await client.admin.command("hello"))["setName"]
    client.close()


async def test_the_standalone_is_no_replica_set(mongodb_standalone: Engine) -> None:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongodb_standalone.address)
    assert "setName" not in await client.admin.command("hello")
    client.close()
