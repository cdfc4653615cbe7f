"""Rows of the record in PostgreSQL: so many clients at once, each command durable before its answer."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg

from shared.eventstore.context import CommandContext
from shared.eventstore.open import open_postgres_store
from shared.ids import new_id
from tests.bench.bench import Bench, Row
from tests.bench.lives import DESK, START
from tests.bench.rows_append import MESSAGE, commands

AT_ONCE = (1, 8, 64)
SECONDS = 3.0

_CREATE = (
    "CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY, stream uuid, version bigint, topic text, state bytea)"
)
_INSERT = "INSERT INTO bare (stream, version, topic, state) VALUES (%s, 1, %s, %s)"


def writes(bench: Bench) -> list[Row]:
    """Measure commands of one event each against commits of one row by as many connections."""
    seconds = SECONDS / 10 if bench.quick else SECONDS
    rows = []
    with bench.engines.ground() as ground:
        for at_once in AT_ONCE:
            ours, state = asyncio.run(_ours(ground.postgres, at_once, seconds))
            limit = _bare(ground.postgres, at_once, seconds, state)
            clients = f"{at_once} client{'s' if at_once > 1 else ''} at once"
            rows.append(
                Row(f"PostgreSQL, {clients}: durable commands", ours, "/s", "bare psycopg, one row per commit", limit)
            )
    return rows


async def _ours(dsn: str, at_once: int, seconds: float) -> tuple[float, bytes]:
    """Return the rate, and the stored bytes of one event for the limit to write."""
    store = open_postgres_store(dsn, "bench")
    context = CommandContext(actor=DESK, now=START, correlation_id=new_id())
    await commands(store, context, time.perf_counter())
    begun = time.perf_counter()
    done = await asyncio.gather(*(commands(store, context, begun + seconds) for _ in range(at_once)))
    rate = sum(done) / (time.perf_counter() - begun)
    (first,) = await store.read_stored(0, 1)
    store.close()
    return rate, first.state


def _bare(dsn: str, at_once: int, seconds: float, state: bytes) -> float:
    with psycopg.connect(dsn, autocommit=True) as owner:
        owner.execute("DROP TABLE IF EXISTS bare")
        owner.execute(_CREATE)
    with ThreadPoolExecutor(at_once) as threads:
        begun = time.perf_counter()
        clients = [threads.submit(_committed, dsn, state, begun + seconds) for _ in range(at_once)]
        done = sum(client.result() for client in clients)
        return done / (time.perf_counter() - begun)


def _committed(dsn: str, state: bytes, until: float) -> int:
    done = 0
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = on")
        while time.perf_counter() < until:
            stream: UUID = new_id()
            connection.execute(_INSERT, (stream, MESSAGE.TOPIC, state))
            done += 1
    return done
