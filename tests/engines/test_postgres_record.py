"""The record of scale-out: replicas on one schema, connections that are lost, a tailing reader beside slow writers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import TupleRow

from shared.errors import ConflictError, TryLaterError
from shared.events.cases import NoteAdded
from shared.events.envelope import Recorded
from shared.eventstore.leading import Leader
from shared.eventstore.postgres import PostgresEventStore
from shared.eventstore.postgres_layers import Layer
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id
from tests.unit.eventstore.test_store import STREAM, context, note, words

pytestmark = pytest.mark.engine

Replicas = Callable[[], PostgresEventStore]


@pytest.fixture
def replica(postgres_database: str) -> Iterator[Replicas]:
    """Each call opens one more replica of the same record."""
    opened: list[PostgresEventStore] = []

    def one_more() -> PostgresEventStore:
        opened.append(PostgresEventStore(postgres_database, "cases", words))
        return opened[-1]

    yield one_more
    for store in opened:
        store.close()


def kill(dsn: str, role: str) -> int:
    """End the server's side of every connection of a role and return how many there were."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = %s AND datname = current_database()",
            (f"redress-cases-{role}",),
        ).fetchall()
    return len(ended)


def slow_note(text: str) -> Callable[[UnitOfWork], Sequence[Recorded]]:
    def work(unit: UnitOfWork) -> Sequence[Recorded]:
        facts = unit.append(new_id(), 0, [NoteAdded(text=text)], context())
        time.sleep(0.01)
        return facts

    return work


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110 - the server frees the lock, and tells nobody
            await asyncio.sleep(0.02)


async def test_a_tailing_reader_misses_nothing_of_eight_writers_with_slow_transactions(replica: Replicas) -> None:
    writers = [replica() for _ in range(8)]
    reader = replica()
    each, seen = 12, list[Recorded]()

    async def write_all(number: int) -> None:
        for count in range(each):
            await writers[number].write(context(), slow_note(f"{number}-{count}"))

    async def tail() -> None:
        while len(seen) < len(writers) * each:
            after = seen[-1].position if seen else 0
            await reader.wait(after, 1)
            seen.extend(await reader.read(after, 50))

    await asyncio.wait_for(asyncio.gather(tail(), *(write_all(number) for number in range(len(writers)))), 60)
    assert [fact.position for fact in seen] == list(range(1, len(writers) * each + 1))
    told = [fact.event.text for fact in seen if isinstance(fact.event, NoteAdded)]
    assert sorted(told) == sorted(f"{number}-{count}" for number in range(8) for count in range(each))
    for number in range(len(writers)):
        assert [text for text in told if text.startswith(f"{number}-")] == [f"{number}-{c}" for c in range(each)]


async def test_of_two_replicas_one_wins_a_version_and_the_numbers_have_no_gap(replica: Replicas) -> None:
    one, other = replica(), replica()
    for version in range(20):
        outcomes = await asyncio.gather(
            one.write(context(), note("one", version)), other.write(context(), note("other", version)),
            return_exceptions=True,
        )  # fmt: skip
        assert sorted(type(outcome).__name__ for outcome in outcomes) == [ConflictError.__name__, "Written"]
    assert [fact.position for fact in await other.read(0, 100)] == list(range(1, 21))
    assert await one.stream(STREAM) == await other.stream(STREAM)


async def test_a_request_repeated_at_another_replica_is_answered_as_the_first_time(replica: Replicas) -> None:
    one, other = replica(), replica()
    once = context(idempotency_key="ann:1", fingerprint="a")
    answers = await asyncio.gather(*(store.write(once, note("x")) for store in (one, other, one, other)))
    assert {(answer.version, answer.position) for answer in answers} == {(1, 1)}
    assert sorted(answer.repeated for answer in answers) == [False, True, True, True]
    assert len(await other.stream(STREAM)) == 1


async def test_two_replicas_may_start_at_once_on_an_empty_database(postgres_database: str) -> None:
    stores = await asyncio.gather(
        *(asyncio.to_thread(PostgresEventStore, postgres_database, "cases") for _ in range(4))
    )
    assert [await store.head() for store in stores] == [0, 0, 0, 0]
    for store in stores:
        store.close()


async def test_a_commit_of_another_replica_wakes_and_a_killed_listener_comes_back(
    replica: Replicas, postgres_database: str
) -> None:
    waiter, writer = replica(), replica()
    for version in range(3):
        waiting = asyncio.create_task(waiter.wait(version, timeout=30))
        await asyncio.sleep(0.05)
        await writer.write(context(), note("news", version))
        await asyncio.wait_for(waiting, 10)
        assert kill(postgres_database, "listener") >= 1


async def test_waiting_ends_with_its_time_when_nothing_comes(replica: Replicas) -> None:
    begun = time.monotonic()
    await replica().wait(0, timeout=0.2)
    assert time.monotonic() - begun < 5


async def test_writers_that_are_killed_lose_nothing_acknowledged_and_double_nothing(
    replica: Replicas, postgres_database: str
) -> None:
    stores = [replica(), replica()]
    acknowledged: list[str] = []
    stopping = asyncio.Event()

    async def write_on(number: int) -> None:
        count = 0
        while True:
            text = f"{number}-{count}"
            try:
                await stores[number % 2].write(
                    context(idempotency_key=text),
                    lambda unit: unit.append(new_id(), 0, [NoteAdded(text=text)], context()),  # noqa: B023 - awaited at once
                )
            except TryLaterError:
                await asyncio.sleep(0.02)
                continue
            acknowledged.append(text)
            count += 1
            # Not sooner: what is in doubt is asked for again until it is answered.
            if stopping.is_set():
                return

    writing = [asyncio.create_task(write_on(number)) for number in range(6)]
    killed = 0
    for _ in range(15):
        await asyncio.sleep(0.1)
        killed += await asyncio.to_thread(kill, postgres_database, "writer")
    stopping.set()
    await asyncio.gather(*writing)
    stored = [fact.event.text for fact in await stores[0].read(0, 100_000) if isinstance(fact.event, NoteAdded)]
    assert killed >= 10
    assert len(stored) == len(set(stored))
    assert set(stored) == set(acknowledged)


async def test_a_commit_that_landed_is_acknowledged_although_its_connection_was_lost(
    replica: Replicas, postgres_database: str
) -> None:
    store = replica()
    commits = store._commits
    real = commits._store

    def land_then_lose(connection: psycopg.Connection[TupleRow], layer: Layer) -> None:
        real(connection, layer)
        commits._in_doubt = True
        kill(postgres_database, "writer")
        raise psycopg.OperationalError("the connection was lost")

    commits._store = land_then_lose  # type: ignore[method-assign]  # the one fault that no input can cause
    assert (await store.write(context(), note("kept"))).version == 1
    commits._store = real  # type: ignore[method-assign]  # as it was
    assert (await store.write(context(), note("after", 1))).version == 2
    assert [fact.position for fact in await store.read(0, 10)] == [1, 2]


async def test_readers_that_are_killed_are_not_noticed(replica: Replicas, postgres_database: str) -> None:
    store = replica()
    await store.write(context(), note("x"))
    for _ in range(3):
        assert len(await store.stream(STREAM)) == 1
        kill(postgres_database, "reader")
    assert await store.lookup("word", "x") == str(STREAM)


async def test_readers_outlast_a_database_that_is_away_for_longer_than_one_try(
    replica: Replicas, postgres_database: str
) -> None:
    store = replica()
    await store.write(context(), slow_note("one"))
    assert await store.head() == 1
    asked = asyncio.create_task(refused_for(postgres_database, seconds=0.6))
    await asyncio.sleep(0.2)
    assert await store.head() == 1
    await asked
    assert await store.head() == 1


async def refused_for(dsn: str, *, seconds: float) -> None:
    """Let nobody into the database for a while, and end the connections of readers."""
    elsewhere = psycopg.conninfo.make_conninfo(dsn, dbname="postgres")
    name = sql.Identifier(str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]))
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    async with await psycopg.AsyncConnection.connect(elsewhere, autocommit=True) as admin:
        await admin.execute(allow.format(name, sql.SQL("false")))
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'redress-cases-reader'"
        )
        await asyncio.sleep(seconds)
        await admin.execute(allow.format(name, sql.SQL("true")))


async def test_what_the_database_refuses_fails_alone(replica: Replicas) -> None:
    store = replica()
    too_long = "".join(str(new_id()) for _ in range(500))
    outcomes = await asyncio.gather(
        *(store.write(context(), note(text, stream=new_id())) for text in ("a", too_long, "b")), return_exceptions=True
    )
    assert [isinstance(outcome, TryLaterError) for outcome in outcomes] == [False, True, False]
    assert [fact.position for fact in await store.read(0, 10)] == [1, 2]


async def test_the_lead_has_one_holder_and_passes_on(postgres_database: str) -> None:
    one, other = (Leader(postgres_database, "cases", "sealer") for _ in range(2))
    assert await one.holds()
    assert not await other.holds()
    assert await one.holds()
    kill(postgres_database, "leader")
    assert not await one.holds()
    await until(other.holds)
    assert not await one.holds()
    other.close()
    await until(one.holds)
    one.close()
