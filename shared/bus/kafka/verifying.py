"""What lies on a service's topics against what its ledger has signed: every record, its order, and what is missing."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from shared.bus.kafka.clients import KafkaSettings
from shared.bus.kafka.marks import partitions
from shared.bus.kafka.reading import PartitionFeed
from shared.bus.kafka.records import position_of
from shared.bus.kafka.topics import topics_of
from shared.ledger.leaves import head_of, leaf_of
from shared.ledger.tree import leaf_hash

_BATCH = 1000


class Compared(msgspec.Struct, frozen=True):
    """How many records lie on the topics, how many are newer than the checkpoint, and what does not fit."""

    records: int
    newer: int
    findings: Sequence[str]


async def compare_topics(
    settings: KafkaSettings, source: str, leaves: Sequence[bytes], progress: Callable[[int], None]
) -> Compared:
    """Compare every record with the hashes of the leaves that were signed; repeated records are no finding."""
    known = {hash_: index for index, hash_ in enumerate(leaves)}
    seen = bytearray(len(leaves))
    versions: dict[str, int] = {}
    findings: list[str] = []
    records = newer = 0
    for place in partitions(settings, topics_of(settings, source)):
        feed, position = PartitionFeed(source, place, settings, ""), 0
        while batch := await feed.raw(position, _BATCH):
            for record in batch:
                where = f"{place.topic}[{place.partition}] offset {record.offset}"
                index = _index(record.value, known)
                said = position_of(record.headers)
                if index is None and said is not None and said > len(leaves):
                    newer += 1
                    continue
                wrong = "not a fact that was signed" if index is None else _jump(record.value, versions)
                if wrong is not None:
                    claimed = "" if said is None else f", said to be index {said - 1}"
                    findings.append(f"{where}{claimed}: {wrong}")
                if index is not None:
                    seen[index] = 1
            records += len(batch)
            progress(len(batch))
            position += len(batch)
    findings += _missing(seen)
    return Compared(records, newer, findings)


def _missing(seen: bytearray) -> Iterator[str]:
    end = 0
    while (begin := seen.find(0, end)) >= 0:
        end = seen.find(1, begin)
        end = len(seen) if end < 0 else end
        yield f"index {begin} is missing from the topics" + (f", up to {end - 1}" if end - begin > 1 else "")


def _index(state: bytes, known: Mapping[bytes, int]) -> int | None:
    try:
        return known.get(leaf_hash(leaf_of(state)))
    except msgspec.MsgspecError:
        return None


def _jump(state: bytes, versions: dict[str, int]) -> str | None:
    """Return how a stream jumps; a version that was there before is a repetition."""
    stream, version = head_of(state)
    last = versions.get(stream, 0)
    if version > last:
        versions[stream] = version
    return f"stream {stream} jumps from version {last} to {version}" if version > last + 1 else None
