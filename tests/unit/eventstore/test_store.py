"""The record: what an acknowledged command may rely on."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from shared.errors import ConflictError, InvalidError
from shared.events.cases import NoteAdded
from shared.events.envelope import Actor, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.index import IndexEntry
from shared.eventstore.store import Tracking
from shared.eventstore.work import ReactingWork, UnitOfWork
from shared.ids import derived_id, new_id
from tests.support.stores import Record, Records

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


@pytest.fixture
def store(records: Records) -> Record:
    return records.open("cases", words)


async def test_a_fact_reads_back_as_it_was_written(store: Record) -> None:
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


async def test_one_of_two_commands_on_the_same_version_wins(store: Record) -> None:
    outcomes = await asyncio.gather(
        *(store.write(context(), note(str(number))) for number in range(8)), return_exceptions=True
    )
    assert sum(isinstance(outcome, ConflictError) for outcome in outcomes) == 7
    assert len(await store.stream(STREAM)) == 1


async def test_a_refused_command_leaves_those_committed_with_it_alone(store: Record) -> None:
    def refused(work: UnitOfWork) -> Sequence[Recorded]:
        work.append(new_id(), 0, [NoteAdded(text="half")], context())
        raise InvalidError("no", field="text")

    streams = [new_id() for _ in range(20)]
    jobs = [store.write(context(), note("kept", stream=stream)) for stream in streams]
    outcomes = await asyncio.gather(*jobs, store.write(context(), refused), return_exceptions=True)
    assert isinstance(outcomes[-1], InvalidError)
    assert [fact.event for fact in await store.read(0, 100)] == [NoteAdded(text="kept")] * 20
    assert await store.lookup("word", "half") is None


async def test_an_unforeseen_error_in_one_command_reaches_only_its_caller(store: Record) -> None:
    def broken(_work: UnitOfWork) -> Sequence[Recorded]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.write(context(), broken)
    assert (await store.write(context(), note("after"))).position == 1


async def test_the_same_idempotency_key_answers_as_the_first_time(store: Record) -> None:
    once = context(idempotency_key="ann:1", fingerprint="a")
    first = await store.write(once, note("x"))
    again = await store.write(once, note("x", version=1))
    assert again == msgspec.structs.replace(first, repeated=True)
    assert len(await store.stream(STREAM)) == 1
    with pytest.raises(InvalidError, match="another request"):
        await store.write(context(idempotency_key="ann:1", fingerprint="b"), note("y", version=1))


async def test_the_index_moves_with_the_facts(store: Record) -> None:
    await store.write(context(), note("here"))
    assert await store.lookup("word", "here") == str(STREAM)
    await store.write(context(), note("not here", version=1))
    assert await store.lookup("word", "here") is None


async def test_a_reactions_position_only_moves_forward(store: Record) -> None:
    await store.execute(note("a"), Tracking("filing", 5))
    for stale in (5, 4):
        with pytest.raises(ConflictError):
            await store.execute(note("b", version=1), Tracking("filing", stale))
    assert await store.reached("filing") == 5
    assert len(await store.stream(STREAM)) == 1


async def test_the_last_version_heard_of_a_stream_is_stored_with_what_was_done(store: Record) -> None:
    other = new_id()

    def hear(work: ReactingWork) -> None:
        work.append(STREAM, 0, [NoteAdded(text="a")], context())
        work.hear("filing", STREAM, 4)
        work.hear("filing", STREAM, 5)
        assert work.heard("filing", STREAM) == 5

    def hear_and_fail(work: ReactingWork) -> None:
        work.hear("filing", STREAM, 9)
        work.hear("filing", other, 1)
        raise InvalidError("no", field="text")

    await store.execute(hear)
    with pytest.raises(InvalidError):
        await store.execute(hear_and_fail)
    assert await store.execute(lambda work: (work.heard("filing", STREAM), work.heard("telling", STREAM))) == (5, 0)
    assert await store.execute(lambda work: work.heard("filing", other)) == 0


async def test_whoever_waits_for_the_log_is_woken_by_the_next_commit(store: Record) -> None:
    waiting = asyncio.create_task(store.wait(0, timeout=30))
    await asyncio.sleep(0)
    await store.write(context(), note("news"))
    await asyncio.wait_for(waiting, 5)
