"""The way out: reads a service's log in order and publishes it. It may repeat; it never skips.

The log is the outbox; there is no second write. A batch is published, every acknowledgement waited for, and only then
is the position stored. Whoever dies in between publishes the batch again, and who hears it recognises the repeat.
Meanwhile the next batch is read: what is on record does not change.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.bus.kafka.batches import send
from shared.bus.kafka.clients import KafkaSettings, ended, producer
from shared.bus.kafka.marks import Mark, Marks, Place
from shared.bus.kafka.records import outgoing
from shared.bus.kafka.topics import sealed_topic, topics_of
from shared.errors import TryLaterError
from shared.eventstore.store import EventStore, Stored, Tracking
from shared.supervision import Failure, attempt_async

T = TypeVar("T")

log = logging.getLogger("redress.sealer")

BATCH = 2000


class Leading(Protocol):
    """Says whether this process is the one to do what only one may do."""

    async def holds(self) -> bool:
        """Take the lead if it is free, and return whether it is ours just now."""
        ...


class Sealer:
    """Publishes one service's log, as long as it leads."""

    def __init__(
        self,
        store: EventStore,
        leading: Leading,
        settings: KafkaSettings,
        epochs: Callable[[], Mapping[str, str]],
        marks: Marks,
    ) -> None:
        """`epochs` tells the present epoch of each topic: a new one has the log published from its first fact."""
        self._store = store
        self._leading = leading
        self._settings = settings
        self._epochs = epochs
        self._marks = marks
        self._producer: AIOKafkaProducer | None = None
        self._said: Mark | None = None
        self._ahead: tuple[int, Sequence[Stored]] = (0, ())

    async def round(self) -> int:
        """Publish the next batch, store the position, say so; return how many facts were published."""
        if not await self._leading.holds():
            self._said = None
            return 0
        epoch = self._epoch()
        position = await self._store.reached(sealer_name(epoch))
        batch = await self._next(position)
        if batch:
            places, self._ahead = await asyncio.gather(self._publish(batch), self._read_ahead(batch))
            position = batch[-1].position
            await self._store.execute(lambda _work: None, Tracking(sealer_name(epoch), position))
            await self._say(position, epoch, places)
        elif self._said is None and position:
            # Whoever led before us may have died between the storing and the saying.
            await self._say(position, epoch, [])
        return len(batch)

    async def rest(self) -> None:
        """Wait until there is something new, or it is time to look again."""
        position = await self._store.reached(sealer_name(self._epoch()))
        await self._store.wait(position, 0.5)

    async def stop(self) -> None:
        """Let go of the broker."""
        if self._producer is not None:
            stopping, self._producer = self._producer, None
            await attempt_async(lambda: asyncio.wait_for(ended(stopping), 5))

    async def _next(self, position: int) -> Sequence[Stored]:
        (behind, ahead), self._ahead = self._ahead, (0, ())
        return ahead if ahead and behind == position else await self._store.read_stored(position, BATCH)

    async def _read_ahead(self, batch: Sequence[Stored]) -> tuple[int, Sequence[Stored]]:
        """Read the next batch if there is a full one: a part of one may have grown until it is wanted."""
        behind = batch[-1].position
        ahead = await self._store.read_stored(behind, BATCH) if len(batch) == BATCH else ()
        return behind, ahead if len(ahead) == BATCH else ()

    async def _publish(self, batch: Sequence[Stored]) -> Sequence[Place]:
        producing = await self._started()
        return await self._in_time(send(producing, self._settings, map(outgoing, batch)))

    async def _say(self, position: int, epoch: str, places: Sequence[Place]) -> None:
        if self._said is None or self._said.epoch != epoch or any(place.offset < 0 for place in places):
            mark = await self._marks.measured(self._store.source, position, epoch)
        else:
            mark = self._said.reaching(position, places)
        producing = await self._started()
        topic = sealed_topic(self._settings, self._store.source)
        await self._in_time(producing.send_and_wait(topic, mark.encoded(), b"sealed"))
        self._said = mark
        self._marks.learn(self._store.source, mark)

    async def _in_time(self, sending: Awaitable[T]) -> T:
        outcome = await attempt_async(lambda: asyncio.wait_for(sending, self._settings.patience_ms / 1000))
        if not isinstance(outcome, Failure):
            return outcome
        # A producer that failed once may hold records that it never gives up: a new one begins at the stored position.
        await self.stop()
        if isinstance(outcome.error, KafkaError | TimeoutError):
            log.warning("publishing failed", extra={"service": self._store.source, "error": outcome.cause})
            raise TryLaterError("Kafka has not taken the records in time; they are published again.") from outcome.error
        raise outcome.error

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            starting = producer(self._settings)
            outcome = await attempt_async(lambda: asyncio.wait_for(starting.start(), self._settings.patience_ms / 1000))
            if isinstance(outcome, Failure):
                await attempt_async(lambda: asyncio.wait_for(ended(starting), 5))
                raise TryLaterError("Kafka does not answer at REDRESS_KAFKA_SERVERS.") from outcome.error
            self._producer = starting
        return self._producer

    def _epoch(self) -> str:
        return "+".join(self._epochs()[topic] for topic in topics_of(self._settings, self._store.source))


def sealer_name(epoch: str) -> str:
    """Return the name under which the position of publishing is stored; a new epoch begins at the first fact."""
    return f"sealer@{epoch}"
