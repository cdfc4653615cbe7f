"""Two that both believe to lead publish the same log while it grows, and are cut off in the middle of batches."""

import asyncio
import os
import random
from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest

from shared.bus.kafka.clients import KafkaSettings
from shared.bus.kafka.sealing import Sealer
from shared.eventstore.postgres import PostgresEventStore
from shared.ids import derived_id
from shared.supervision import Failure, attempt_async
from tests.engines.engine import Kafka
from tests.unit.bus.kafka.given import SOURCE, Broker, once_in_order
from tests.unit.eventstore.test_store import context, note

SEED = int(os.environ.get("REDRESS_CHAOS_SEED", "20261123"))
WRITERS, NOTES = 12, 60
CUT = 0.35
"""How many of the rounds are cut off before they end."""

pytestmark = [
    pytest.mark.engine,
    pytest.mark.timeout(120),
    pytest.mark.filterwarnings("ignore:Unclosed AIOKafkaProducer"),  # one that is cut off while it starts
]


@pytest.fixture
def records(postgres_database: str) -> Iterator[Sequence[PostgresEventStore]]:
    """Three replicas of one record: one that writes, and one for each sealer."""
    opened = [PostgresEventStore(postgres_database, SOURCE) for _ in range(3)]
    yield opened
    for store in opened:
        store.close()


async def test_two_sealers_under_load_repeat_and_never_skip(
    *,
    records: Sequence[PostgresEventStore],
    kafka: Kafka,
    topic_prefix: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prefix = topic_prefix.rstrip(".")
    settings = KafkaSettings(servers=kafka.address, prefix=prefix, partitions=3, idempotent=kafka.idempotence)
    broker = await Broker(settings).topics()
    chance, written = random.Random(SEED), asyncio.Event()
    sealing = [asyncio.create_task(seal(broker.sealer(store), chance, written)) for store in records[1:]]
    await asyncio.gather(*(write(records[0], number) for number in range(WRITERS)))
    written.set()
    cut = sum(await asyncio.gather(*sealing))

    published = await broker.published()
    once = [fact.envelope.event_id for fact in once_in_order(published)]
    stored = [fact.envelope.event_id for fact in await records[0].read(0, 2 * WRITERS * NOTES)]
    assert len(stored) == WRITERS * NOTES
    assert sorted(once) == sorted(stored)
    with capsys.disabled():
        print(  # noqa: T201 - what the run found
            f"\nseed {SEED}: two sealers, {cut} rounds cut off, events written {len(stored)}, lost 0, out of order 0, "
            f"repeats on topics {len(published) - len(once)}"
        )
    assert cut, "no round was cut off"
    assert len(published) > len(once), "the two never met"


async def write(store: PostgresEventStore, number: int) -> None:
    """Write notes into a stream, one after the other."""
    stream: UUID = derived_id("sealers-at-once", str(number))
    for version in range(NOTES):
        await store.write(context(), note(f"note {version}", version=version, stream=stream))


async def seal(sealer: Sealer, chance: random.Random, written: asyncio.Event) -> int:
    """Publish until everything is written and nothing is left; return how many rounds were cut off."""
    cut = 0
    while True:
        last = written.is_set()
        if not last and chance.random() < CUT:
            cut += await cut_off(sealer, chance.uniform(0, 0.05))
            continue
        outcome = await attempt_async(sealer.round)  # a position that the other has passed is a conflict
        if last and outcome == 0:
            break
        if isinstance(outcome, Failure):
            await asyncio.sleep(0.01)
    await sealer.stop()
    return cut


async def cut_off(sealer: Sealer, after: float) -> bool:
    """Begin a round and end it wherever it is by then, its producer with it."""
    begun = asyncio.create_task(sealer.round())
    done, _ = await asyncio.wait([begun], timeout=after)
    begun.cancel()
    await asyncio.gather(begun, return_exceptions=True)
    await sealer.stop()
    return not done
