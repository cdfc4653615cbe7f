"""Rows of reading the record: one long stream, the whole log, and a view built anew from it."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from eventsourcing.sqlite import SQLiteDatastore, SQLiteProcessRecorder

from services.cases.application import index
from services.cases.domain.evolve import evolve
from services.reporting.projections import CASE_FACTS
from shared.bus.projecting import REBUILD_BATCH, project, rebuild
from shared.documents.sqlite import SqliteDocuments
from shared.documents.storing import stored_name
from shared.eventstore.context import CommandContext
from shared.eventstore.decider import Decider
from shared.eventstore.open import open_store
from shared.eventstore.sqlite import SqliteEventStore
from shared.ids import new_id
from tests.bench.bench import Bench, BenchError, Row
from tests.bench.lives import BATCH, DESK, START, long_life, write_lives

FACTS, LONG = 200_000, 10_000
SECTION = 500
LEAST_REBUILD = 65_000.0

CASE = Decider("case", evolve)


def replay(bench: Bench) -> list[Row]:
    """Measure the fold of a long stream and the reading of the whole log."""
    return [asyncio.run(_stream_row(bench)), asyncio.run(_log_row(bench))]


def rebuilt(bench: Bench) -> list[Row]:
    """Measure how fast a view is built anew: decode, fold, store, compare, swap."""
    return asyncio.run(_rebuild_rows(bench))


async def _stream_row(bench: Bench) -> Row:
    folder = bench.folder / "long"
    store = open_store(folder, "cases", index)
    stream_id = UUID(int=1)
    if await store.head() == 0:
        context = CommandContext(actor=DESK, now=START, correlation_id=new_id())
        events = tuple(long_life(Random(7), LONG))
        for start in range(0, LONG, BATCH):
            await store.execute(
                lambda unit, start=start: unit.append(stream_id, start, events[start : start + BATCH], context)  # type: ignore[misc]  # bound default
            )
    begun = time.perf_counter()
    case = CASE.fold(await store.stream(stream_id))
    ours = time.perf_counter() - begun
    store.close()
    if case is None or case.version != LONG:
        raise BenchError("the long stream was not folded to its end")
    stock = _stock(folder, lambda recorder: len(recorder.select_events(stream_id)))
    what = f"replay of a case of {LONG:,} events: read, decoded, folded"
    return Row(what, LONG / ours, "/s", "stock recorder, select_events, not decoded", stock)


async def _log_row(bench: Bench) -> Row:
    store = await open_lives(bench)
    begun = time.perf_counter()
    position = 0
    while facts := await store.read(position, SECTION):
        position = facts[-1].position
    ours = position / (time.perf_counter() - begun)
    store.close()
    stock = _stock(_folder(bench), _sections)
    what = f"whole log of {position:,} events: read and decoded by {SECTION}"
    return Row(what, ours, "/s", f"stock recorder, select_notifications by {SECTION}, not decoded", stock)


async def _rebuild_rows(bench: Bench) -> list[Row]:
    store = await open_lives(bench)
    documents = SqliteDocuments(_folder(bench) / "views.sqlite")
    await documents.prepare(CASE_FACTS.collection)
    while await project([CASE_FACTS], store, documents):
        pass
    begun = time.perf_counter()
    result = await rebuild(CASE_FACTS, store, documents, lambda _done: None)
    ours = result.facts / (time.perf_counter() - begun)
    documents.close()
    if not result.equal or result.facts != await store.head():
        raise BenchError("the rebuilt view differs from the served one")
    decoding, upserting = _decode(store, _folder(bench)), _upsert(_folder(bench))
    store.close()
    what = f"rebuild of case_facts from {result.facts:,} events"
    return [
        Row(what, ours, "/s", "bare decode of the same log, from memory", decoding, LEAST_REBUILD),
        Row(what, ours, "/s", "bare upsert of the same rows, as often", upserting, LEAST_REBUILD),
        Row(what, ours, "/s", "both limits, one after the other", 1 / (1 / decoding + 1 / upserting), LEAST_REBUILD),
    ]


async def open_lives(bench: Bench) -> SqliteEventStore:
    """Open the log of many lives; the first to come fills it."""
    store = open_store(_folder(bench), "cases", index)
    if await store.head() == 0:
        await write_lives(store, bench.number(FACTS))
    return store


def _folder(bench: Bench) -> Path:
    return bench.folder / "lives"


def _stock(folder: Path, reading: Callable[[SQLiteProcessRecorder], int]) -> float:
    datastore = SQLiteDatastore(f"file:{folder / 'record.sqlite'}")
    recorder = SQLiteProcessRecorder(datastore)
    begun = time.perf_counter()
    read = reading(recorder)
    rate = read / (time.perf_counter() - begun)
    datastore.close()
    return rate


def _sections(recorder: SQLiteProcessRecorder) -> int:
    position = 0
    while found := recorder.select_notifications(position + 1, SECTION):
        position = found[-1].id
    return position


def _decode(store: SqliteEventStore, folder: Path) -> float:
    rows = _rows(folder / "record.sqlite", "SELECT topic, state, rowid FROM stored_events ORDER BY rowid")
    read = store.mapper.read
    begun = time.perf_counter()
    for topic, state, position in rows:
        read(topic, state, position)
    return len(rows) / (time.perf_counter() - begun)


def _upsert(folder: Path) -> float:
    """Write the rows of the view as often as the rebuild does: once per batch in which their case has a fact."""
    name = stored_name(CASE_FACTS.collection)
    rows = {row[0]: row for row in _rows(folder / "views.sqlite", f"SELECT id, version, seq, body FROM {name}")}
    streams = _rows(folder / "record.sqlite", "SELECT originator_id FROM stored_events ORDER BY rowid")
    ids = [str(UUID(stream)) for (stream,) in streams]
    file = folder / "upsert.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("CREATE TABLE view (id TEXT PRIMARY KEY, version INTEGER, seq INTEGER, body BLOB)")
        connection.execute("CREATE INDEX view_seq ON view (seq)")
        begun = time.perf_counter()
        for start in range(0, len(ids), REBUILD_BATCH):
            changed = dict.fromkeys(ids[start : start + REBUILD_BATCH])
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO view VALUES (?, ?, ?, ?)", (rows[one] for one in changed))
            connection.commit()
        rate = len(ids) / (time.perf_counter() - begun)
    file.unlink()
    return rate


def _rows(file: Path, statement: str) -> Sequence[Any]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(statement).fetchall()
