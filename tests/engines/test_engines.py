"""Each engine answers as the product uses it, keeps what it was told over a kill, and never stays behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern

from tests.engines import mongodb as mongo
from tests.engines import postgres as pg
from tests.engines.engine import Elsewhere, Engine, Kafka, NotOursError, Place
from tests.engines.kafka import mesh

ENDINGS = ("restart", "kill")


def end_and_start(engine: Engine, how: str) -> None:
    if isinstance(engine.life, Elsewhere):
        with pytest.raises(NotOursError):
            engine.restart()
        pytest.skip(f"{engine.origin}: not ours to stop")
    if how == "kill":
        engine.kill()
        engine.start()
    else:
        engine.restart()


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


@pytest.mark.parametrize("how", ENDINGS)
async def test_kafka_keeps_what_it_acknowledged(kafka: Kafka, topic_prefix: str, how: str) -> None:
    if not kafka.apache:
        pytest.skip(f"{kafka.origin}: it keeps nothing")
    async with topic(kafka, f"{topic_prefix}messages") as name:
        await produce(kafka, name, b"before")
        await asyncio.to_thread(end_and_start, kafka, how)
        await produce(kafka, name, b"after")
        assert await consume(kafka, name) == [b"before", b"after"]


@pytest.mark.parametrize("how", ENDINGS)
def test_postgres_keeps_what_it_committed(postgres: Engine, postgres_database: str, how: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        connection.execute("CREATE TABLE cases AS SELECT 1 AS id")
    end_and_start(postgres, how)
    with psycopg.connect(postgres_database) as connection:
        assert connection.execute("SELECT id FROM cases").fetchall() == [(1,)]


@pytest.mark.parametrize("how", ENDINGS)
def test_mongodb_keeps_what_it_journalled(mongodb: Engine, mongo_database: str, how: str) -> None:
    with mongo.connected(mongodb.address) as client:
        client[mongo_database].get_collection("cases", write_concern=WriteConcern(j=True)).insert_one({"_id": 1})
    end_and_start(mongodb, how)
    with mongo.connected(mongodb.address) as client:
        assert client[mongo_database].cases.find_one({}) == {"_id": 1}


def test_a_database_of_ones_own_is_nobody_elses_and_leaves_nothing(postgres: Engine) -> None:
    with pg.database(postgres) as one, pg.database(postgres) as other:
        assert one != other
        with psycopg.connect(one) as connection:
            connection.execute("CREATE TABLE cases (id int)")
        with psycopg.connect(other) as connection:
            assert connection.execute("SELECT to_regclass('cases')").fetchone() == (None,)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(one)


async def test_the_stand_in_for_kafka_serves_producers_without_idempotence(tmp_path: Path) -> None:
    kafka = await asyncio.to_thread(mesh.start, Place(tmp_path))
    try:
        assert not kafka.idempotence
        async with topic(kafka, "messages") as name:
            await produce(kafka, name, b"a wage was not paid")
            assert await consume(kafka, name) == [b"a wage was not paid"]
    finally:
        kafka.close()
