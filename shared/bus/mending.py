"""Put views right where they may be wrong: only the streams with facts since a moment, row by row, while it serves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from shared.bus.port import Feed, Log
from shared.bus.projecting import REBUILD_BATCH
from shared.documents.folding import Projection
from shared.documents.port import Documents, R, Row
from shared.errors import TryLaterError
from shared.events.envelope import Recorded

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Mended:
    """What was looked at, and how many rows were otherwise than their facts say."""

    collection: str
    streams: int
    mended: int


async def mend(
    projection: Projection[R], log: Log, documents: Documents, since: datetime, progress: Callable[[int], None]
) -> Mended:
    """Fold the streams anew that have facts on record since a moment, and write the rows that differ.

    Facts behind the place that the view has reached are left to it. Rows that the view moves on meanwhile stay.
    """
    streams = mended = 0
    for feed in await log.feeds():
        reached = await documents.position(projection.collection, feed.name)
        touched = await _touched(projection, feed, reached, since)
        rows = await _folded(projection, feed, reached, touched, progress)
        streams += len(rows)
        ids = list(rows)
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            served = await documents.load(projection.collection, chunk)
            wrong = [rows[one] for one in chunk if _differs(served.get(one), rows[one])]
            if wrong:
                await documents.save(projection.collection, wrong, reached, feed=feed.name, after=reached)
            mended += len(wrong)
    return Mended(projection.collection.name, streams, mended)


async def _touched(projection: Projection[R], feed: Feed, reached: int, since: datetime) -> frozenset[UUID]:
    found: set[UUID] = set()
    async for batch in _batches(feed, reached):
        found.update(
            one.envelope.stream_id
            for one in batch
            if one.envelope.stream == projection.stream and one.envelope.recorded_at >= since
        )
    return frozenset(found)


async def _folded(
    projection: Projection[R], feed: Feed, reached: int, wanted: frozenset[UUID], progress: Callable[[int], None]
) -> dict[UUID, R]:
    rows: dict[UUID, R] = {}
    async for batch in _batches(feed, reached):
        for one in batch:
            envelope = one.envelope
            if envelope.stream_id not in wanted or envelope.stream != projection.stream:
                continue
            if projection.apart is not None:
                if projection.apart(one):
                    alone = await asyncio.to_thread(projection.alone, one)
                    rows[alone.id] = alone
                continue
            row = rows.get(envelope.stream_id)
            if envelope.stream_version == (1 if row is None else row.version + 1):
                row = rows[envelope.stream_id] = projection.fold(row, one)
                row.version, row.tenant = envelope.stream_version, envelope.tenant
        progress(len(batch))
    return rows


async def _batches(feed: Feed, reached: int) -> AsyncIterator[Sequence[Recorded]]:
    position = 0
    while position < reached:
        read = await feed.read(position, REBUILD_BATCH)
        if not read:
            raise TryLaterError(f"{feed.source} {feed.name}: nothing can be read behind {position}; mend again later.")
        position = read[-1].position
        yield [one for one in read if one.position <= reached]


def _differs(served: Row | None, right: Row) -> bool:
    if served is None:
        return True
    return served.version == right.version and msgspec.json.encode(served) != msgspec.json.encode(right)
