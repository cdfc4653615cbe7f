"""Rows of the group commit: so many commands at once against transactions of so many events."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteDatastore, SQLiteProcessRecorder

from shared.events.intake import MessageReceived
from shared.eventstore.context import CommandContext
from shared.eventstore.open import open_store
from shared.eventstore.store import EventStore
from shared.ids import new_id
from tests.bench.bench import Bench, Row
from tests.bench.calls import TEXT
from tests.bench.lives import DESK, START

AT_ONCE = (1, 20, 100)
MESSAGE = MessageReceived(channel="app", account="bench", external_id="1", text=TEXT, sender="worker-1", language="en")


def append(bench: Bench) -> list[Row]:
    """Measure commands of one event each, every one on the disk before it is answered."""
    return [row for at_once in AT_ONCE for row in _rows(bench, at_once)]


def _rows(bench: Bench, at_once: int) -> Iterator[Row]:
    seconds = bench.seconds(2)
    with tempfile.TemporaryDirectory(prefix="append-", dir=bench.folder) as name:
        folder = Path(name)
        ours, state = asyncio.run(_ours(folder, at_once, seconds))
        stock = _stock(folder / "stock.sqlite", at_once, seconds, state)
        bare = _bare(folder / "bare.sqlite", at_once, seconds, state)
    what = f"append, {at_once} command{'s' if at_once > 1 else ''} at once"
    yield Row(what, ours, "/s", f"stock recorder, {at_once} encoded per transaction", stock)
    yield Row(what, ours, "/s", f"bare sqlite3, {at_once} encoded per commit", bare)


async def _ours(folder: Path, at_once: int, seconds: float) -> tuple[float, bytes]:
    """Return the rate, and the stored bytes of one event for the limits to write."""
    store = open_store(folder, "bench")
    context = CommandContext(actor=DESK, now=START, correlation_id=new_id())
    begun = time.perf_counter()
    done = await asyncio.gather(*(commands(store, context, begun + seconds) for _ in range(at_once)))
    rate = sum(done) / (time.perf_counter() - begun)
    first = (await store.read(0, 1))[0]
    state = store.mapper.to_stored_event(first).state
    store.close()
    return rate, state


async def commands(store: EventStore, context: CommandContext, until: float) -> int:
    """Carry out one command after the other until a moment; return how many."""
    done = 0
    while time.perf_counter() < until:
        stream_id = new_id()
        await store.write(context, lambda unit, stream_id=stream_id: unit.append(stream_id, 0, [MESSAGE], context))  # type: ignore[misc]  # bound default
        done += 1
    return done


def _stock(file: Path, size: int, seconds: float, state: bytes) -> float:
    datastore = SQLiteDatastore(f"file:{file}")
    recorder = SQLiteProcessRecorder(datastore)
    recorder.create_table()

    def insert(ids: list[UUID]) -> None:
        recorder.insert_events([StoredEvent(one, 1, MESSAGE.TOPIC, state) for one in ids])

    rate = _rate(insert, size, seconds)
    datastore.close()
    return rate


def _bare(file: Path, size: int, seconds: float, state: bytes) -> float:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE facts (id INTEGER PRIMARY KEY, stream TEXT, topic TEXT, state BLOB)")

        def insert(ids: list[UUID]) -> None:
            rows = [(one.hex, MESSAGE.TOPIC, state) for one in ids]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO facts (stream, topic, state) VALUES (?, ?, ?)", rows)
            connection.commit()

        return _rate(insert, size, seconds)


def _rate(insert: Callable[[list[UUID]], None], size: int, seconds: float) -> float:
    done = 0
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        insert([new_id() for _ in range(size)])
        done += size
    return done / (time.perf_counter() - begun)
