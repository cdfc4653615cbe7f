"""The way out of a log: everything published, in the order of each stream; repeats allowed, skips never."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from shared.bus.kafka.clients import within
from shared.bus.kafka.marks import Marks
from shared.bus.kafka.topics import apply, demand, topic_of
from shared.errors import SettingsError, TryLaterError
from shared.eventstore.sqlite import SqliteEventStore
from tests.unit.bus.kafka.given import SOURCE, Broker, once_in_order, say

pytestmark = pytest.mark.engine


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteEventStore]:
    opened = SqliteEventStore(tmp_path / "record.sqlite", SOURCE)
    yield opened
    opened.close()


async def test_topics_are_made_once_and_demanded_at_the_start(broker: Broker) -> None:
    with pytest.raises(SettingsError, match="redress topics apply"):
        await demand(broker.settings)
    first = await apply(broker.settings)
    assert all(change.made for change in first)
    assert not any(change.made for change in await apply(broker.settings))
    epochs = await demand(broker.settings)
    assert set(epochs) == {change.topic for change in first}


async def test_a_topic_with_another_number_of_partitions_is_complained_of(broker: Broker) -> None:
    await apply(broker.settings)
    other = broker.settings.model_copy(update={"partitions": 5})
    with pytest.raises(SettingsError, match="REDRESS_KAFKA_PARTITIONS=3"):
        await demand(other)


async def test_everything_is_published_in_the_order_of_its_stream(broker: Broker, store: SqliteEventStore) -> None:
    await broker.topics()
    await say(store, 40)
    sealer = broker.sealer(store)
    assert await sealer.round() == 40
    assert await sealer.round() == 0
    published = await broker.published()
    assert len(published) == 40
    assert len(once_in_order(published)) == 40
    stored = {fact.envelope.event_id: fact.event for fact in await store.read(0, 100)}
    assert {fact.envelope.event_id: fact.event for fact in published} == stored
    await sealer.stop()


async def test_who_dies_between_publishing_and_storing_repeats_and_never_skips(
    broker: Broker, store: SqliteEventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await broker.topics()
    await say(store, 10)
    dying = broker.sealer(store)
    with monkeypatch.context() as patched:
        patched.setattr(store, "execute", _fails)
        with pytest.raises(TryLaterError):
            await dying.round()
    await dying.stop()
    await say(store, 5)
    after = broker.sealer(store)
    assert await after.round() == 15
    published = await broker.published()
    assert len(published) == 25
    assert len(once_in_order(published)) == 15
    await after.stop()


async def _fails(*_: object) -> None:
    raise TryLaterError("the power went off")


async def test_two_sealers_at_once_leave_every_stream_in_order(broker: Broker, store: SqliteEventStore) -> None:
    await broker.topics()
    await say(store, 60)
    sealers = [broker.sealer(store) for _ in range(2)]
    await asyncio.gather(*(sealer.round() for sealer in sealers), return_exceptions=True)
    await say(store, 20)
    for sealer in sealers:
        while await sealer.round():
            pass
        await sealer.stop()
    assert len(once_in_order(await broker.published())) == 80


async def test_a_mark_says_how_far_the_partitions_reach(broker: Broker, store: SqliteEventStore) -> None:
    await broker.topics()
    await say(store, 12)
    first = broker.sealer(store)
    await first.round()
    await first.stop()
    marks = Marks(broker.settings, [SOURCE])
    await marks.round()
    assert marks.of(SOURCE).position == 12
    assert sum(end for _place, end in marks.of(SOURCE).places()) == 12
    await say(store, 3)
    successor = broker.sealer(store)
    await successor.round()
    await successor.stop()
    while marks.of(SOURCE).position < 15:
        await marks.round()
    assert sum(end for _place, end in marks.of(SOURCE).places()) == 15
    await marks.stop()


async def test_a_topic_made_anew_is_filled_from_the_first_fact(broker: Broker, store: SqliteEventStore) -> None:
    await broker.topics()
    await say(store, 9)
    sealer = broker.sealer(store)
    await sealer.round()
    async with within(AIOKafkaAdminClient(**broker.settings.connection())) as admin:
        await admin.delete_topics([topic_of(broker.settings, "cases.case")])
    await asyncio.sleep(1)
    await broker.topics()
    await sealer.stop()
    assert await sealer.round() == 9
    assert len(once_in_order(await broker.published())) == 9
    await sealer.stop()
