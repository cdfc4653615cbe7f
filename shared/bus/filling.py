"""Fill views that have read nothing yet from a whole log: each fact is decoded once, and indexes come at the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.bus.port import Log
from shared.bus.projecting import REBUILD_BATCH, ROWS_IN_HAND
from shared.documents.folding import Fold, Projection
from shared.documents.port import Documents
from shared.errors import TryLaterError
from shared.events.envelope import Recorded

LEAST = 10_000
"""Facts from which on it is worth to lay tables out twice."""


@dataclass(slots=True)
class Empty:
    """A view that has read nothing yet."""

    projection: Projection[Any]
    documents: Documents
    _reached: int = field(default=0, init=False)
    _fold: Fold[Any] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no rows in hand."""
        self._fold = Fold(self.projection, self.documents, anew=True)

    async def laid_bare(self) -> None:
        """Lay the table out without its indexes."""
        await self.documents.drop(self.projection.collection)
        await self.documents.prepare(self.projection.collection, bare=True)

    async def take(self, batch: Sequence[Recorded]) -> None:
        """Fold facts, and write rows when there are many."""
        await self._fold.take(batch)
        if len(self._fold.changed) >= ROWS_IN_HAND:
            await self.store(batch[-1].position)

    async def store(self, position: int) -> None:
        """Write what is in hand, and how far the view has come."""
        await self._fold.store(position, after=self._reached)
        self._reached = position


async def is_empty(projection: Projection[Any], documents: Documents) -> bool:
    """Whether a view has read nothing yet."""
    return not await documents.positions(projection.collection)


async def is_worth(log: Log) -> bool:
    """Whether views of a log are filled at once; a short one, or one that others read along, is left to the loops."""
    feeds = await log.feeds()
    return len(feeds) == 1 and not feeds[0].name and await feeds[0].head() >= LEAST


async def fill(views: Sequence[Empty], log: Log, progress: Callable[[int], None]) -> None:
    """Fill views of a log of one feed up to its end; `progress` is told the number of facts read with each batch.

    Nobody else may fold into them meanwhile. A filling that breaks off is gone on with as any view goes on.
    """
    (feed,) = await log.feeds()
    position, head = 0, await feed.head()
    for view in views:
        await view.laid_bare()
    while position < head:
        batch = await feed.read(position, REBUILD_BATCH)
        if not batch:
            raise TryLaterError(f"{feed.source}: nothing can be read behind {position}; start again, it goes on.")
        for view in views:
            await view.take(batch)
        position = batch[-1].position
        progress(len(batch))
    for view in views:
        await view.store(position)
        await view.documents.prepare(view.projection.collection)
