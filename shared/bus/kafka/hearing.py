"""The way in: one member of a consumer group, which hands each partition's records to a hearer in order.

The position is the hearer's, stored with what it did; Kafka's own is not used. A partition is given up only between
two batches. Whatever fails, the member goes back to the stored positions; if it stays stuck it is made anew.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError

from shared.bus.kafka.clients import KafkaSettings, ended, member
from shared.bus.kafka.records import incoming
from shared.bus.kafka.topics import topics_of
from shared.bus.port import Hearer
from shared.errors import TryLaterError
from shared.eventstore.mapper import EventMapper
from shared.supervision import Failure, attempt_async

log = logging.getLogger("redress.hearing")

WAIT_MS = 500
STUCK_AFTER = 30.0
"""Seconds in which nothing of a partition was taken although there is more: then the member is made anew."""

GIVEN_UP = 3
"""Members made anew without a single fact taken, after which the loop no longer counts as alive."""

Epochs = Callable[[], Mapping[str, str]]


def feed_name(place: TopicPartition, epochs: Mapping[str, str]) -> str:
    """Return the name of a partition in stored positions: a topic that was made again is another feed."""
    return f"{place.topic}:{epochs[place.topic]}:{place.partition}"


class Hearing(ConsumerRebalanceListener):  # type: ignore[misc]  # the library has no types
    """Hears the topics of one service on behalf of one hearer."""

    def __init__(
        self,
        hearer: Hearer,
        settings: KafkaSettings,
        *,
        epochs: Epochs,
        ends: Callable[[], Mapping[TopicPartition, int]],
        instance: str | None,
    ) -> None:
        """Nothing is connected before the first round; `ends` tells how far partitions reach, for the watchdog."""
        self.hearer = hearer
        self._topics = topics_of(settings, hearer.source)
        self._ends = ends
        self._stuck = 0
        self._settings = settings
        self._epochs = epochs
        self._instance = f"{instance}.{hearer.name}" if instance else None
        self._mapper = EventMapper()
        self._member: AIOKafkaConsumer | None = None
        self._joined_with: Mapping[str, str] = {}
        self._in_hand = asyncio.Lock()
        self._unplaced = False
        self._moved: dict[TopicPartition, tuple[int, float]] = {}
        self._gone_back: dict[TopicPartition, int] = {}
        """Where a partition was gone back to because what was fetched began elsewhere."""

    @property
    def places(self) -> frozenset[TopicPartition]:
        """The partitions that are this member's just now."""
        return frozenset(self._member.assignment()) if self._member is not None else frozenset()

    async def round(self) -> int:
        """Take what has come in; return how many facts that were."""
        joined = await self._joined()
        outcome = await attempt_async(lambda: self._take_next(joined))
        if not isinstance(outcome, Failure):
            return outcome
        await self._go_back(joined, outcome)
        raise outcome.error

    async def stop(self) -> None:
        """Leave the group, after the batch in hand."""
        if self._member is not None:
            leaving, self._member = self._member, None
            async with self._in_hand:
                await attempt_async(lambda: asyncio.wait_for(ended(leaving), 10))

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Give partitions up only when the batch in hand is stored."""
        async with self._in_hand:
            for place in revoked:
                self._moved.pop(place, None)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Begin each new partition where its hearer stands; if that cannot be read now, the next round does."""
        self._unplaced = isinstance(await attempt_async(lambda: self._seek(assigned)), Failure) or self._unplaced

    async def _take_next(self, joined: AIOKafkaConsumer) -> int:
        found = await joined.getmany(timeout_ms=WAIT_MS, max_records=self.hearer.batch)
        failures: list[Failure] = []
        async with self._in_hand:
            if self._unplaced:
                await self._seek(joined.assignment())
                self._unplaced = False
                return 0
            for place in joined.assignment() & found.keys():
                # A partition that cannot be taken just now may be waiting for what another one brings.
                outcome = await attempt_async(lambda place=place: self._take(place, found[place]))  # type: ignore[misc]  # bound default
                if isinstance(outcome, Failure):
                    failures.append(outcome)
                    await self._seek([place])
        for failure in failures:
            raise failure.error
        self._demand_movement(joined)
        return sum(map(len, found.values()))

    async def _take(self, place: TopicPartition, records: Sequence[Any]) -> None:
        stands, first = self._moved.get(place, (0, 0.0))[0], records[0].offset
        if first < stands or (first > stands and self._gone_back.get(place) != stands):
            # Fetched before the partition went to another member and came back, or from behind such a batch: the member
            # reads on elsewhere than where the hearer stands, and the facts between would be passed over. If records
            # still begin later after going back, the topic itself lacks some, and the hearer says so.
            await self._seek([place])
            self._gone_back[place] = self._moved[place][0]
            return
        facts = [incoming(self._mapper, place.topic, record.offset, record.headers, record.value) for record in records]
        await self.hearer.take(feed_name(place, self._joined_with), facts, repeats=True)
        self._moved[place] = (facts[-1].position, time.monotonic())
        self._stuck = 0

    async def _seek(self, places: Iterable[TopicPartition]) -> None:
        for place in places:
            position = await self.hearer.position(feed_name(place, self._joined_with))
            if self._member is not None:
                self._member.seek(place, position)
            self._moved[place] = (position, time.monotonic())

    async def _go_back(self, joined: AIOKafkaConsumer, failure: Failure) -> None:
        if isinstance(failure.error, KafkaError | OffsetOutOfRangeError | StuckError):
            await self.stop()
            return
        outcome = await attempt_async(lambda: self._seek(joined.assignment()))
        if isinstance(outcome, Failure):
            await self.stop()

    def _demand_movement(self, joined: AIOKafkaConsumer) -> None:
        now, ends = time.monotonic(), self._ends()
        for place in joined.assignment():
            position, since = self._moved.get(place, (0, now))
            if ends.get(place, 0) <= position:
                self._moved[place] = (position, now)
            elif now - since > STUCK_AFTER or self._stuck >= GIVEN_UP:
                # Given up on, every round fails at once: no beat, so that the process is found dead and replaced.
                self._stuck += 1
                raise StuckError(f"{self.hearer.name} has not moved on in {place.topic}; it joins its group anew.")

    async def _joined(self) -> AIOKafkaConsumer:
        epochs = {topic: self._epochs()[topic] for topic in self._topics}
        if self._member is not None and epochs != self._joined_with:
            await self.stop()
        if self._member is None:
            self._joined_with = epochs
            self._moved, self._gone_back = {}, {}
            self._unplaced = False
            joining = member(self._settings, f"{self._settings.prefix}.{self.hearer.name}", self._instance)
            joining.subscribe(self._topics, listener=self)
            self._member = joining
            outcome = await attempt_async(lambda: asyncio.wait_for(joining.start(), self._settings.patience_ms / 1000))
            if isinstance(outcome, Failure):
                await self.stop()
                raise TryLaterError("Kafka does not answer at REDRESS_KAFKA_SERVERS.") from outcome.error
        return self._member


class StuckError(TryLaterError):
    """A member of a group gets no records although there are some."""
