"""Rows of the way from a log to the views of another process: sealing into Kafka, hearing and folding into MongoDB."""

import asyncio
import gc
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from aiokafka import TopicPartition
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ReplaceOne

from services.cases.application import index
from services.cases.projections import projections
from shared.bus.kafka.clients import consumer, producer, within
from shared.bus.kafka.marks import Marks, partitions
from shared.bus.kafka.records import Outgoing, outgoing
from shared.bus.kafka.sealing import Sealer
from shared.bus.kafka.topics import demand, epochs_topic, topic_of, topics_of
from shared.documents import mongo_query
from shared.documents.folding import Projection
from shared.documents.storing import stored_name
from shared.eventstore.leading import Leader
from shared.eventstore.open import open_postgres_store
from shared.eventstore.postgres import PostgresEventStore
from shared.policy import default_policy
from shared.vault.memory import passing_vault
from tests.bench.bench import Bench, BenchError, Row
from tests.bench.ground import Ground
from tests.bench.lives import write_lives
from tests.bench.members import folded_by

SOURCE, STREAM = "cases", "cases.case"
FACTS, FEW = 50_000, 6_000
LEAST_SEALED = 20_000.0
BATCH = 1000
VIEW: Projection[Any] = next(
    projection for projection in projections(default_policy(), passing_vault()) if projection.stream == STREAM
)


def publishing(bench: Bench) -> list[Row]:
    """Measure how fast a log in PostgreSQL is published, every record acknowledged by all replicas that count."""
    with _recorded(bench) as (ground, store), bench.engines.ground() as bare:
        rate = asyncio.run(_sealed(ground, store))
        limit = asyncio.run(_produced(bare, store))
    idempotent = "idempotent" if ground.kafka.idempotent else "NOT idempotent, the broker lacks it"
    what = "sealer: log in PostgreSQL to Kafka, acks=all"
    return [Row(what, rate, "/s", f"bare aiokafka producer, {idempotent}, the same records", limit, LEAST_SEALED)]


def hearing(bench: Bench) -> list[Row]:
    """Measure how fast the views of the cases are made from the topics, by one process and by two."""
    with _recorded(bench) as (ground, store):
        asyncio.run(_sealed(ground, store))
        ends = asyncio.run(_ends(ground))
        # In a short run two processes alone: that needs all that one process needs, and more.
        rates = {members: folded_by(ground, members, ends) for members in ((2,) if bench.quick else (1, 2))}
        limit = asyncio.run(_consumed_and_written(ground, rates[2].database, ends))
    what = "cases' views in MongoDB from Kafka: heard, folded, stored"
    bare = "bare aiokafka consumer and motor bulk upserts of the same rows, 1 process"
    rows = [Row(f"{what}, {members} process(es)", folded.rate, "/s", bare, limit) for members, folded in rates.items()]
    if 1 in rates:
        rows.append(
            Row(
                f"{what}, 2 process(es)",
                rates[2].rate,
                "/s",
                f"1 process, the same {os.cpu_count()} cores for all",
                rates[1].rate,
            )
        )
    return rows


@contextmanager
def _recorded(bench: Bench) -> Iterator[tuple[Ground, PostgresEventStore]]:
    with bench.engines.ground() as ground, ExitStack() as opened:
        store = open_postgres_store(ground.postgres, SOURCE, index)
        opened.callback(store.close)
        asyncio.run(write_lives(store, FEW if bench.quick else FACTS))
        gc.collect()
        yield ground, store


async def _sealed(ground: Ground, store: PostgresEventStore) -> float:
    epochs = await demand(ground.kafka)
    leader = Leader(ground.postgres, SOURCE, "sealer")
    sealer = Sealer(store, leader, ground.kafka, lambda: epochs, Marks(ground.kafka))
    if not await leader.holds():
        raise BenchError("somebody else seals this log")
    head = await store.head()
    # The first round connects; what it costs is not the rate.
    done = first = await sealer.round()
    begun = time.perf_counter()
    while read := await sealer.round():
        done += read
    rate = (done - first) / (time.perf_counter() - begun)
    await sealer.stop()
    leader.close()
    if done != head:
        raise BenchError(f"of {head} facts {done} were published")
    return rate


async def _produced(ground: Ground, store: PostgresEventStore) -> float:
    records: Sequence[Outgoing] = [outgoing(stored) for stored in await store.read_stored(0, await store.head())]
    topic = topic_of(ground.kafka, STREAM)
    async with within(producer(ground.kafka)) as sending:
        await sending.send_and_wait(epochs_topic(ground.kafka), b"bench", b"bench")
        begun = time.perf_counter()
        sent = [await sending.send(topic, one.value, one.key, headers=one.headers) for one in records]
        await asyncio.gather(*sent)
        return len(records) / (time.perf_counter() - begun)


async def _ends(ground: Ground) -> Mapping[TopicPartition, int]:
    places = partitions(ground.kafka, topics_of(ground.kafka, SOURCE))
    async with within(consumer(ground.kafka)) as reader:
        reader.assign(places)
        found: Mapping[TopicPartition, int] = await reader.end_offsets(places)
        return found


async def _consumed_and_written(ground: Ground, database: str, ends: Mapping[TopicPartition, int]) -> float:
    """Read all records, and for each batch of each partition write the rows of the streams in it, as they are now."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(ground.mongodb, w="majority", journal=True)
    filled = client[database][stored_name(VIEW.collection)]
    rows = {row["_id"].encode(): row for row in await filled.find(mongo_query.ROWS).to_list(None)}
    target = client[database]["bare"]
    await target.create_indexes(list(mongo_query.indexes(VIEW.collection)))
    async with within(consumer(ground.kafka)) as reader:
        reader.assign(list(ends))
        for place in ends:
            reader.seek(place, 0)
        begun = time.perf_counter()
        done = 0
        while done < sum(ends.values()):
            for records in (await reader.getmany(timeout_ms=5000, max_records=BATCH)).values():
                done += len(records)
                touched = dict.fromkeys(record.key for record in records)
                writes = [ReplaceOne({"_id": key.decode()}, rows[key], upsert=True) for key in touched]
                await target.bulk_write(writes, ordered=False)
        rate = done / (time.perf_counter() - begun)
    client.close()
    return rate
