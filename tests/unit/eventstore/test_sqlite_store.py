"""The record as a file: what happens to it when the disk or the file fails."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.bus.dead_letters import discard
from shared.errors import TryLaterError
from shared.eventstore.sqlite import SqliteEventStore
from shared.eventstore.writer import Job
from tests.unit.eventstore.test_store import NOW, STREAM, context, note


async def test_numbers_are_never_used_twice_even_after_the_newest_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    store = SqliteEventStore(path, "cases")
    await store.write(context(), note("one"))
    await store.write(context(), note("two", version=1))
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM stored_events WHERE rowid = 2")
    connection.close()
    store = SqliteEventStore(path, "cases")
    written = await store.write(context(), note("three", version=1))
    store.close()
    assert written.position == 3


async def test_what_cannot_be_written_is_not_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    store = SqliteEventStore(path, "cases")
    await store.write(context(), note("one"))
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON stored_events BEGIN SELECT RAISE(FAIL, 'full'); END")
        connection.execute("ALTER TABLE stored_events RENAME TO away")
    with pytest.raises(TryLaterError, match="nothing was stored"):
        await store.write(context(), note("two", version=1))
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE away RENAME TO stored_events")
        connection.execute("DROP TRIGGER full")
    connection.close()
    assert (await store.write(context(), note("two", version=1))).version == 2
    store.close()


async def test_a_commit_that_reached_the_disk_is_acknowledged_although_it_reported_a_failure(
    tmp_path: Path,
) -> None:
    store = SqliteEventStore(tmp_path / "record.sqlite", "cases")
    commits = store._writer.commits
    real = commits.commit

    def commit_then_fail(batch: Sequence[Job]) -> None:
        real(batch)
        raise sqlite3.OperationalError("disk I/O error")

    commits.commit = commit_then_fail  # type: ignore[method-assign]  # the one fault that no input can cause
    written = await store.write(context(), note("kept"))
    assert written.version == 1
    assert len(await store.stream(STREAM)) == 1
    store.close()


async def test_dead_letters_of_an_earlier_layout_are_kept_to_be_discarded(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE parked (reaction TEXT NOT NULL, position INTEGER NOT NULL, stream_id TEXT NOT NULL, "
            "stream_version INTEGER NOT NULL, topic TEXT NOT NULL, cause TEXT NOT NULL, parked_at TEXT NOT NULL, "
            "PRIMARY KEY (reaction, position)) WITHOUT ROWID"
        )
        row = ("filing", 7, STREAM.hex, 2, "cases.note-added", "KeyError", NOW.isoformat())
        connection.execute("INSERT INTO parked VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    connection.close()
    for _start in range(2):
        store = SqliteEventStore(path, "cases")
        (letter,) = await store.dead_letters()
        assert (letter.reaction, letter.position, letter.stream_id, letter.cause) == ("filing", 7, STREAM, "KeyError")
        store.close()
    store = SqliteEventStore(path, "cases")
    await discard(store, letter.id, who="ann", why="of before", clock=lambda: NOW)
    assert await store.parked() == 0
    store.close()
