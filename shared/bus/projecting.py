"""Keep views up to date: read a log in batches and fold it into every view that wants it; build views anew."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.bus.port import Feed
from shared.documents.folding import Fold, Projection, fold_batch
from shared.documents.port import Documents, R

BATCH = 1000
REBUILD_BATCH = 5000
ROWS_IN_HAND = 20_000
"""Rows that a rebuild changes before it writes them: a case that many batches touch is written once."""
CATCH_UPS = 20
"""How often a rebuild runs after a served view that goes on meanwhile, before it swaps without comparing."""


async def project(projections: Sequence[Projection[Any]], feed: Feed, documents: Documents) -> int:
    """Fold the next batch of one log into views that are equally far, and return how many facts were read."""
    positions = [await documents.position(projection.collection) for projection in projections]
    start = min(positions)
    batch = await feed.read(start, BATCH)
    if not batch:
        return 0
    newest = batch[-1].position
    for projection, position in zip(projections, positions, strict=True):
        if position < newest:
            await fold_batch(projection, documents, batch, newest)
    return len(batch)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: how many facts were folded, and whether the rows equal those served before."""

    collection: str
    facts: int
    equal: bool


async def rebuild(
    projection: Projection[R], feed: Feed, documents: Documents, progress: Callable[[int], None]
) -> Rebuilt:
    """Build a view beside the served one from the first fact, compare both at the same position, then swap.

    `progress` is told the number of facts read with each batch. The served view goes on answering meanwhile.
    """
    served = projection.collection
    built = dataclasses.replace(served, name=f"{served.name}__rebuild")
    beside = dataclasses.replace(projection, collection=built)
    await documents.drop(built)
    await documents.prepare(built)
    facts = 0
    for _ in range(CATCH_UPS):
        until = await documents.position(served)
        facts += await _fold_until(beside, feed, documents, until, progress)
        equal = await documents.fingerprint(built) == await documents.fingerprint(served)
        if await documents.position(served) == until:
            break
    await documents.promote(built, served)
    return Rebuilt(served.name, facts, equal)


async def _fold_until(
    projection: Projection[R], feed: Feed, documents: Documents, until: int, progress: Callable[[int], None]
) -> int:
    facts = 0
    position = await documents.position(projection.collection)
    fold = Fold(projection, documents, anew=position == 0)
    while position < until:
        batch = await feed.read(position, REBUILD_BATCH)
        batch = [recorded for recorded in batch if recorded.position <= until]
        position = batch[-1].position
        await fold.take(batch)
        if len(fold.changed) >= ROWS_IN_HAND or position >= until:
            await fold.store(position)
        facts += len(batch)
        progress(len(batch))
    return facts
