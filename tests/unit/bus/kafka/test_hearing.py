"""The way into a service: every fact once, whatever repeats, whoever joins, leaves or dies in the middle."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka import TopicPartition

from shared.bus.hearers import Answering, Folding
from shared.bus.kafka import hearing as hearing_module
from shared.bus.kafka.hearing import GIVEN_UP, Hearing, StuckError
from shared.bus.kafka.reading import TopicsLog
from shared.bus.kafka.topics import topics_of
from shared.documents.port import Query
from shared.documents.sqlite import SqliteDocuments
from shared.errors import TryLaterError
from shared.events.envelope import Recorded
from shared.eventstore.sqlite import SqliteEventStore
from shared.supervision import Failure, attempt_async
from tests.unit.bus.kafka.given import SOURCE, Broker, feed_name, once_in_order, say
from tests.unit.bus.test_reacting import COPY, texts
from tests.unit.documents.sheets import SHEETS, VIEW
from tests.unit.eventstore.test_store import NOW

pytestmark = pytest.mark.engine


@dataclass
class Two:
    """The service that is heard and the one that hears."""

    heard: SqliteEventStore
    mine: SqliteEventStore
    documents: SqliteDocuments


@pytest_asyncio.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    both = Two(
        SqliteEventStore(tmp_path / "a.sqlite", SOURCE),
        SqliteEventStore(tmp_path / "b.sqlite", "notify"),
        SqliteDocuments(tmp_path / "views.sqlite"),
    )
    await both.documents.prepare(SHEETS)
    yield both
    both.heard.close()
    both.mine.close()
    both.documents.close()


@dataclass
class Noting:
    """A hearer that keeps what it took, and forgets nothing when it fails."""

    name: str = "noting"
    source: str = SOURCE
    batch: int = 10
    pause: float = 0.0
    taken: list[Recorded] = field(default_factory=list)
    positions: dict[str, int] = field(default_factory=dict)
    failures: int = 0
    unknown: int = 0
    """How often its position cannot be read."""

    async def position(self, feed: str) -> int:
        if self.unknown:
            self.unknown -= 1
            raise TryLaterError("the store is away")
        return self.positions.get(feed, 0)

    async def take(self, feed: str, batch: Sequence[Recorded], *, repeats: bool) -> None:
        assert repeats
        if self.failures:
            self.failures -= 1
            raise TryLaterError("not just now")
        await asyncio.sleep(self.pause)
        assert batch[0].position == self.positions.get(feed, 0) + 1
        self.taken.extend(batch)
        self.positions[feed] = batch[-1].position


async def publish(broker: Broker, store: SqliteEventStore) -> None:
    sealer = broker.sealer(store)
    while await sealer.round():
        pass
    await sealer.stop()


async def hear(hearings: Sequence[Hearing], enough: int, count: Sequence[Recorded]) -> None:
    async def until_enough(hearing: Hearing) -> None:
        while len(count) < enough:
            await hearing.round()

    async with asyncio.timeout(60):
        await asyncio.gather(*map(until_enough, hearings))


async def test_a_member_begins_where_its_hearer_stands(broker: Broker, two: Two) -> None:
    await broker.topics()
    await say(two.heard, 30)
    await publish(broker, two.heard)
    noting = Noting()
    first = broker.hearing(noting)
    await hear([first], 30, noting.taken)
    await first.stop()
    await say(two.heard, 10)
    await publish(broker, two.heard)
    again = broker.hearing(noting)
    await hear([again], 40, noting.taken)
    await again.stop()
    assert len(once_in_order(noting.taken)) == len(noting.taken) == 40


async def test_a_member_whose_place_cannot_be_read_takes_nothing_until_it_can(broker: Broker, two: Two) -> None:
    await broker.topics()
    await say(two.heard, 30)
    await publish(broker, two.heard)
    noting = Noting()
    first = broker.hearing(noting)
    await hear([first], 30, noting.taken)
    await first.stop()
    await say(two.heard, 10)
    await publish(broker, two.heard)
    noting.unknown = 1
    again = broker.hearing(noting)
    await hear([again], 40, noting.taken)
    await again.stop()
    assert noting.unknown == 0
    assert len(once_in_order(noting.taken)) == len(noting.taken) == 40


@pytest.mark.parametrize("elsewhere", [3, 14])
async def test_what_was_fetched_from_elsewhere_makes_no_fact_be_passed_over(
    broker: Broker, two: Two, elsewhere: int
) -> None:
    await broker.topics()
    await say(two.heard, 60, streams=1)
    await publish(broker, two.heard)
    noting = Noting()
    hearing = broker.hearing(noting)
    await hear([hearing], 10, noting.taken)
    member = hearing._member
    assert member is not None
    (place,) = (one for one in hearing.places if noting.positions.get(feed_name(one, broker.epochs)))
    member.seek(place, elsewhere)
    await hear([hearing], 60, noting.taken)
    await hearing.stop()
    assert len(once_in_order(noting.taken)) == len(noting.taken) == 60


async def test_what_was_not_taken_comes_again(broker: Broker, two: Two) -> None:
    await broker.topics()
    await say(two.heard, 20)
    await publish(broker, two.heard)
    noting = Noting(failures=2)
    hearing = broker.hearing(noting)
    with pytest.raises(TryLaterError):
        await hear([hearing], 20, noting.taken)
    noting.failures = 0
    await hear([hearing], 20, noting.taken)
    assert len(once_in_order(noting.taken)) == len(noting.taken) == 20
    await hearing.stop()


async def test_a_second_member_in_the_middle_of_batches_changes_nothing(broker: Broker, two: Two) -> None:
    await broker.topics()
    await say(two.heard, 200, streams=20)
    await publish(broker, two.heard)
    noting = Noting(pause=0.1)
    first, second = broker.hearing(noting, "one"), broker.hearing(noting, "two")

    async def join_later() -> None:
        await asyncio.sleep(0.5)
        await hear([second], 200, noting.taken)

    await asyncio.gather(hear([first], 200, noting.taken), join_later())
    await first.stop()
    await second.stop()
    assert len(once_in_order(noting.taken)) == len(noting.taken) == 200


async def test_a_member_that_no_longer_gets_records_is_made_anew_and_given_up_in_the_end(
    broker: Broker, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing_module, "STUCK_AFTER", 0.2)
    await broker.topics()
    await say(two.heard, 6, streams=1)
    await publish(broker, two.heard)
    noting, ends = Noting(), dict[TopicPartition, int]()
    hearing = broker.hearing(noting, ends=ends)
    await hear([hearing], 6, noting.taken)
    (name,) = [name for name, position in noting.positions.items() if position]
    topic, _epoch, number = name.split(":")
    ends[TopicPartition(topic, int(number))] = 7
    errors = 0
    async with asyncio.timeout(60):
        while errors <= GIVEN_UP:
            outcome = await attempt_async(hearing.round)
            errors += isinstance(outcome, Failure) and isinstance(outcome.error, StuckError)
    await say(two.heard, 1, streams=1)
    await publish(broker, two.heard)
    while len(noting.taken) < 7:
        await attempt_async(hearing.round)
    assert await hearing.round() == 0
    await hearing.stop()


async def test_two_members_share_every_topic(broker: Broker) -> None:
    await broker.topics()
    first, second = broker.hearing(Noting(), "one"), broker.hearing(Noting(), "two")

    async def until_both_have_some(hearing: Hearing) -> None:
        while not (first.places and second.places):
            await hearing.round()

    async with asyncio.timeout(60):
        await asyncio.gather(until_both_have_some(first), until_both_have_some(second))
    shares = [{place.topic for place in hearing.places} for hearing in (first, second)]
    await first.stop()
    await second.stop()
    assert shares[0] == shares[1]
    assert shares[0] == set(topics_of(broker.settings, SOURCE))


async def test_a_reaction_answers_each_fact_once_although_the_log_was_published_twice(broker: Broker, two: Two) -> None:
    await broker.topics()
    await say(two.heard, 25)
    await publish(broker, two.heard)
    twice = Broker(broker.settings, dict.fromkeys(broker.epochs, "again"))
    await publish(twice, two.heard)
    assert len(await broker.published()) == 50
    answering = Answering(COPY, two.mine, lambda: NOW)
    hearing = broker.hearing(answering)
    async with asyncio.timeout(30):
        while sum([await answering.position(name) for name in await feeds(broker)]) < 50:
            await hearing.round()
    await hearing.stop()
    assert sorted(await texts(two.mine), key=int) == [str(number) for number in range(25)]


async def test_views_folded_from_a_topic_equal_those_folded_from_the_log(broker: Broker, two: Two) -> None:
    await broker.topics()
    await say(two.heard, 60)
    await publish(broker, two.heard)
    folding = Folding("cases", SOURCE, [VIEW], two.documents)
    hearing = broker.hearing(folding)
    async with asyncio.timeout(30):
        while sum([await folding.position(name) for name in await feeds(broker)]) < 60:
            await hearing.round()
    await hearing.stop()
    rows = (await two.documents.find(SHEETS, Query())).rows
    assert {row.version for row in rows} == {12}
    assert len(rows) == 5


async def feeds(broker: Broker) -> Sequence[str]:
    return [feed.name for feed in await TopicsLog(SOURCE, broker.settings, lambda: broker.epochs).feeds()]
