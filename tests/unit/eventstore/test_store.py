"""The record: what an acknowledged command may rely on."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from shared.errors import ConflictError, InvalidError, TryLaterError
from shared.events.cases import NoteAdded
from shared.events.envelope import Actor, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.index import IndexEntry
from shared.eventstore.sqlite import SqliteEventStore
from shared.eventstore.store import Tracking
from shared.eventstore.work import UnitOfWork
from shared.eventstore.writer import Job
from shared.ids import derived_id, new_id

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
STREAM = derived_id("test", "stream")


def context(**changes: object) -> CommandContext:
    base = CommandContext(actor=Actor("ann", "operator"), now=NOW, correlation_id=derived_id("test", "c"))
    return msgspec.structs.replace(base, **changes)


def note(text: str, version: int = 0, stream: UUID = STREAM) -> Callable[[UnitOfWork], Sequence[Recorded]]:
    return lambda work: work.append(stream, version, [NoteAdded(text=text)], context())


def words(recorded: Recorded) -> Sequence[IndexEntry]:
    if not isinstance(recorded.event, NoteAdded):
        return ()
    forget = recorded.event.text.startswith("not ")
    key = recorded.event.text.removeprefix("not ")
    return (IndexEntry("word", key, None if forget else str(recorded.envelope.stream_id)),)


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteEventStore]:
    opened = SqliteEventStore(tmp_path / "record.sqlite", "cases", words)
    yield opened
    opened.close()


async def test_a_fact_reads_back_as_it_was_written(store: SqliteEventStore) -> None:
    since = NOW - timedelta(days=3)
    written = await store.write(
        context(occurred_at=since),
        lambda work: work.append(STREAM, 0, [NoteAdded(text="ကူညီပါ")], context(occurred_at=since)),
    )
    (fact,) = await store.stream(STREAM)
    assert (written.version, written.position) == (1, 1)
    assert fact.event == NoteAdded(text="ကူညီပါ")
    assert (fact.envelope.occurred_at, fact.envelope.recorded_at) == (since, NOW)
    assert fact.envelope.actor == Actor("ann", "operator")
    assert (await store.read(0, 10))[0] == fact


async def test_one_of_two_commands_on_the_same_version_wins(store: SqliteEventStore) -> None:
    outcomes = await asyncio.gather(
        *(store.write(context(), note(str(number))) for number in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, ConflictError) for outcome in outcomes) == 7
    assert len(await store.stream(STREAM)) == 1


async def test_a_refused_command_leaves_those_committed_with_it_alone(store: SqliteEventStore) -> None:
    def refused(work: UnitOfWork) -> Sequence[Recorded]:
        work.append(new_id(), 0, [NoteAdded(text="half")], context())
        raise InvalidError("no", field="text")

    streams = [new_id() for _ in range(20)]
    jobs = [store.write(context(), note("kept", stream=stream)) for stream in streams]
    outcomes = await asyncio.gather(*jobs, store.write(context(), refused), return_exceptions=True)
    assert isinstance(outcomes[-1], InvalidError)
    assert [fact.event for fact in await store.read(0, 100)] == [NoteAdded(text="kept")] * 20
    assert await store.lookup("word", "half") is None


async def test_an_unforeseen_error_in_one_command_reaches_only_its_caller(store: SqliteEventStore) -> None:
    def broken(_work: UnitOfWork) -> Sequence[Recorded]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(context(), broken)
    assert (await store.write(context(), note("after"))).position == 1


async def test_the_same_idempotency_key_answers_as_the_first_time(store: SqliteEventStore) -> None:
    once = context(idempotency_key="ann:1", fingerprint="a")
    first = await store.write(once, note("x"))
    again = await store.write(once, note("x", version=1))
    assert again == msgspec.structs.replace(first, repeated=True)
    assert len(await store.stream(STREAM)) == 1
    with pytest.raises(InvalidError, match="another request"):
        await store.write(context(idempotency_key="ann:1", fingerprint="b"), note("y", version=1))


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


async def test_the_index_moves_with_the_facts(store: SqliteEventStore) -> None:
    await store.write(context(), note("here"))
    assert await store.lookup("word", "here") == str(STREAM)
    await store.write(context(), note("not here", version=1))
    assert await store.lookup("word", "here") is None


async def test_a_reactions_position_only_moves_forward(store: SqliteEventStore) -> None:
    await store.execute(note("a"), Tracking("filing", 5))
    for stale in (5, 4):
        with pytest.raises(ConflictError):
            await store.execute(note("b", version=1), Tracking("filing", stale))
    assert await store.reached("filing") == 5
    assert len(await store.stream(STREAM)) == 1


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


async def test_whoever_waits_for_the_log_is_woken_by_the_next_commit(store: SqliteEventStore) -> None:
    waiting = asyncio.create_task(store.wait(0, timeout=30))
    await asyncio.sleep(0)
    await store.write(context(), note("news"))
    await asyncio.wait_for(waiting, 5)


async def test_a_commit_that_reached_the_disk_is_acknowledged_although_it_reported_a_failure(
    store: SqliteEventStore,
) -> None:
    commits = store._writer.commits
    real = commits.commit

    def commit_then_fail(batch: Sequence[Job]) -> None:
        real(batch)
        raise sqlite3.OperationalError("disk I/O error")

    commits.commit = commit_then_fail  # type: ignore[method-assign]  # the one fault that no input can cause
    written = await store.write(context(), note("kept"))
    assert written.version == 1
    assert len(await store.stream(STREAM)) == 1
