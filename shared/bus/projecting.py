"""Keep views up to date: read a log in batches and fold it into every view that wants it; build views anew."""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.bus.port import Feed, Log
from shared.documents.folding import Fold, Projection, fold_batch
from shared.documents.port import Documents, R
from shared.errors import TryLaterError
from shared.events.envelope import Recorded

BATCH = 1000
REBUILD_BATCH = 5000
ROWS_IN_HAND = 20_000
"""Rows that a rebuild changes before it writes them: a case that many batches touch is written once."""
CATCH_UPS = 20
"""How often a rebuild runs after a served view that goes on meanwhile, before it swaps without comparing."""
LOOKS = 3
BETWEEN_LOOKS = 0.1
"""A served view may have written the rows of a batch and not yet its position: differing is looked at again, after
some seconds, before it is said."""


async def project(projections: Sequence[Projection[Any]], feed: Feed, documents: Documents) -> int:
    """Fold the next batch of one feed into views that are equally far, and return how many facts were read."""
    start = min([await documents.position(projection.collection, feed.name) for projection in projections])
    batch = await feed.read(start, BATCH)
    if batch:
        await fold_into(projections, documents, batch, batch[-1].position, feed.name, after=start)
    return len(batch)


async def fold_into(
    projections: Sequence[Projection[Any]],
    documents: Documents,
    batch: Sequence[Recorded],
    newest: int,
    feed_name: str = "",
    *,
    after: int = 0,
) -> int:
    """Fold a batch of a feed, read from behind `after` up to `newest`, and return from where to read on.

    That is `newest`, or less when a view has not got as far as `after` (it was built anew meanwhile): nothing is
    folded into that view, and whoever pushes batches goes back to there.
    """
    on = newest
    for projection in projections:
        position = await documents.position(projection.collection, feed_name)
        if position < after:
            on = min(on, position)
        elif position < newest:
            await fold_batch(projection, documents, batch, newest, feed_name, after=position)
    return on


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: how many facts were folded, and whether the rows equal those served before."""

    collection: str
    facts: int
    equal: bool


async def rebuild(
    projection: Projection[R], log: Log, documents: Documents, progress: Callable[[int], None], *, swap: bool = True
) -> Rebuilt:
    """Build a view beside the served one from the first fact, compare both at the same positions, then swap.

    `progress` is told the number of facts read with each batch. The served view goes on answering meanwhile; without
    `swap` it stays, and what was built is thrown away.
    """
    served = projection.collection
    built = dataclasses.replace(served, name=f"{served.name}__{'rebuild' if swap else 'verify'}")
    beside = dataclasses.replace(projection, collection=built)
    await documents.drop(built)
    await documents.prepare(built, bare=True)
    facts, looks, equal = 0, 0, False
    for _ in range(CATCH_UPS):
        until = await documents.positions(served)
        for feed in await log.feeds():
            facts += await _fold_until(beside, feed, documents, until.get(feed.name, 0), progress)
        equal = await documents.fingerprint(built) == await documents.fingerprint(served)
        if await documents.positions(served) == until:
            looks += 1
            if equal or looks == LOOKS:
                break
            await asyncio.sleep(BETWEEN_LOOKS)
    await (documents.promote(built, served) if swap else documents.drop(built))
    return Rebuilt(served.name, facts, equal)


async def _fold_until(
    projection: Projection[R], feed: Feed, documents: Documents, until: int, progress: Callable[[int], None]
) -> int:
    facts = 0
    position = begun = await documents.position(projection.collection, feed.name)
    fold = Fold(projection, documents, anew=position == 0 and not feed.name)
    reach = min(until, await feed.head())
    while position < reach:
        read = await feed.read(position, REBUILD_BATCH)
        if not read:
            raise TryLaterError(
                f"{feed.source} {feed.name}: nothing can be read behind {position}; rebuild again later."
            )
        batch = [recorded for recorded in read if recorded.position <= until]
        position = until if read[-1].position >= reach else read[-1].position
        await fold.take(batch)
        if len(fold.changed) >= ROWS_IN_HAND or position == until:
            await fold.store(position, feed.name, begun)
            begun = position
        facts += len(batch)
        progress(len(batch))
    return facts
