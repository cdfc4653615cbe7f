"""Which topics there must be, made and checked; and the epoch of each: a topic that is made again is another one.

Kafka numbers the records of a re-created topic from 0 again. So the epoch is part of every stored position, and
what was read from the old topic is not mistaken for what lies in the new one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError

from shared.bus.kafka.clients import KafkaSettings, consumer, producer, within
from shared.errors import SettingsError, TryLaterError
from shared.events import REGISTRY
from shared.ids import new_id

SOURCES = sorted({kind.STREAM.partition(".")[0] for kind in REGISTRY.values()})
"""The services that record facts."""
FOREVER = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
LOOK_EVERY_MS = 100
NEWEST = {"cleanup.policy": "compact"}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must be."""

    name: str
    partitions: int
    configs: Mapping[str, str]


class Change(msgspec.Struct, frozen=True):
    """What `apply` found or did for a topic: made, there, or there with another shape."""

    topic: str
    made: bool
    complaint: str | None = None


def topic_of(settings: KafkaSettings, stream: str) -> str:
    """Return the topic of a kind of stream."""
    return f"{settings.prefix}.{stream}.v1"


def sealed_topic(settings: KafkaSettings, service: str) -> str:
    """Return the topic on which a service says how far it has published its log."""
    return f"{settings.prefix}.{service}.sealed.v1"


def epochs_topic(settings: KafkaSettings) -> str:
    """Return the topic that keeps the epoch of every topic."""
    return f"{settings.prefix}.epochs.v1"


def streams_of(service: str) -> Sequence[str]:
    """Return the kinds of stream of a service."""
    return sorted({kind.STREAM for kind in REGISTRY.values() if kind.STREAM.partition(".")[0] == service})


def topics_of(settings: KafkaSettings, service: str) -> Sequence[str]:
    """Return the topics on which the facts of a service are published."""
    return [topic_of(settings, stream) for stream in streams_of(service)]


def wanted(settings: KafkaSettings) -> Sequence[Topic]:
    """Return every topic of the system."""
    durable = {"min.insync.replicas": str(settings.min_insync), "unclean.leader.election.enable": "false"}
    streams = sorted({kind.STREAM for kind in REGISTRY.values()})
    return [
        Topic(epochs_topic(settings), 1, NEWEST | durable),
        *(Topic(sealed_topic(settings, service), 1, NEWEST | durable) for service in SOURCES),
        *(Topic(topic_of(settings, stream), settings.partitions, FOREVER | durable) for stream in streams),
    ]


async def apply(settings: KafkaSettings) -> Sequence[Change]:
    """Make what is missing and give it an epoch; a topic that is there already is left as it is."""
    async with within(AIOKafkaAdminClient(**settings.connection())) as admin:
        there = set(await admin.list_topics())
        changes = [await _apply(admin, settings, topic, there) for topic in wanted(settings)]
        await _until_visible(admin, settings)
    known = await epochs(settings)
    missing = [change.topic for change in changes if change.made or change.topic not in known]
    await _begin_epochs(settings, missing)
    return changes


async def renew(settings: KafkaSettings) -> Sequence[Change]:
    """Delete the topics of facts and make them again, empty: the sealers then publish the records as they are now.

    For what was taken out of the records by order. Replicas must stand still: what they would read has no end.
    """
    facts = {topic_of(settings, kind.STREAM) for kind in REGISTRY.values()}
    async with within(AIOKafkaAdminClient(**settings.connection())) as admin:
        if doomed := sorted(facts & set(await admin.list_topics())):
            await admin.delete_topics(doomed, timeout_ms=settings.patience_ms)
        for _ in range(settings.patience_ms // LOOK_EVERY_MS):
            if not facts & set(await admin.list_topics()):
                return await apply(settings)
            await asyncio.sleep(LOOK_EVERY_MS / 1000)
    raise TryLaterError("Kafka has not deleted the topics yet; run 'redress topics renew' again.")


async def demand(settings: KafkaSettings) -> Mapping[str, str]:
    """Return the epoch of every topic; a topic that is missing, or has another shape, is a `SettingsError`."""
    async with within(AIOKafkaAdminClient(**settings.connection())) as admin:
        there = set(await admin.list_topics())
        missing = [topic.name for topic in wanted(settings) if topic.name not in there]
        if missing:
            raise SettingsError(f"Kafka has no topic {', '.join(missing)}; run 'redress topics apply' first.")
        complaints = [await _complaint(admin, topic) for topic in wanted(settings)]
    if found := [complaint for complaint in complaints if complaint]:
        raise SettingsError(" ".join(found))
    known = await epochs(settings)
    if nameless := [topic.name for topic in wanted(settings) if topic.name not in known]:
        raise SettingsError(f"{', '.join(nameless)}: made by somebody else; run 'redress topics apply'.")
    return known


async def epochs(settings: KafkaSettings) -> Mapping[str, str]:
    """Return topic -> epoch, as the newest records of the epochs topic say."""
    found: dict[str, str] = {}
    place = TopicPartition(epochs_topic(settings), 0)
    async with within(consumer(settings)) as reader:
        reader.assign([place])
        end = (await reader.end_offsets([place]))[place]
        await reader.seek_to_beginning(place)
        while await reader.position(place) < end:
            for records in (await reader.getmany(timeout_ms=settings.patience_ms)).values():
                found |= {record.key.decode(): record.value.decode() for record in records}
    return found


async def _until_visible(admin: AIOKafkaAdminClient, settings: KafkaSettings) -> None:
    """Wait until the brokers have told each other of what was made."""
    names = {topic.name for topic in wanted(settings)}
    for _ in range(settings.patience_ms // LOOK_EVERY_MS):
        if names <= set(await admin.list_topics()):
            return
        await asyncio.sleep(LOOK_EVERY_MS / 1000)
    raise TryLaterError("Kafka has made the topics but does not show them yet; run 'redress topics apply' again.")


async def _begin_epochs(settings: KafkaSettings, names: Sequence[str]) -> None:
    async with within(producer(settings)) as writer:
        for name in names:
            await writer.send_and_wait(epochs_topic(settings), _short(new_id()).encode(), name.encode())


async def _apply(admin: AIOKafkaAdminClient, settings: KafkaSettings, topic: Topic, there: set[str]) -> Change:
    if topic.name in there:
        return Change(topic.name, made=False, complaint=await _complaint(admin, topic))
    new = NewTopic(topic.name, topic.partitions, settings.replicas, topic_configs=dict(topic.configs))
    try:
        answer = await admin.create_topics([new], timeout_ms=settings.patience_ms)
    except TopicAlreadyExistsError:
        return Change(topic.name, made=False)
    except KafkaError as error:
        raise SettingsError(f"Kafka does not make {topic.name}: {error}.") from error
    for name, code, *words in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise SettingsError(f"Kafka does not make {name}: {' '.join(str(word) for word in words)}.")
    return Change(topic.name, made=True)


async def _complaint(admin: AIOKafkaAdminClient, topic: Topic) -> str | None:
    (described,) = await admin.describe_topics([topic.name])
    partitions = len(described["partitions"])
    if partitions != topic.partitions and not topic.name.endswith((".sealed.v1", ".epochs.v1")):
        return (
            f"{topic.name} has {partitions} partitions, the settings say {topic.partitions}: set "
            f"REDRESS_KAFKA_PARTITIONS={partitions}; their number never changes, since it decides where a stream lies."
        )
    return None


def _short(value: UUID) -> str:
    return value.hex[:12]
