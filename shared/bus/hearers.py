"""The two kinds that hear facts: a reaction, and the views of a service over one log."""

from collections.abc import Sequence
from typing import Any

from shared.bus.port import Reaction
from shared.bus.projecting import fold_into
from shared.bus.reacting import READ, answer, tracking_name
from shared.clock import Clock
from shared.documents.folding import Projection
from shared.documents.port import Documents
from shared.errors import TryLaterError
from shared.events.envelope import Recorded
from shared.eventstore.store import EventStore


class Answering:
    """A reaction as a hearer."""

    batch = READ

    def __init__(self, reaction: Reaction, store: EventStore, clock: Clock) -> None:
        """Answer into `store`."""
        self.name, self.source = reaction.name, reaction.source
        self._reaction = reaction
        self._store = store
        self._clock = clock

    async def position(self, feed: str) -> int:
        """Return how far the reaction has answered a feed."""
        return await self._store.reached(tracking_name(self._reaction, feed))

    async def take(self, feed: str, batch: Sequence[Recorded], *, repeats: bool) -> None:
        """Answer facts, in transactions of a few each."""
        await answer(self._reaction, feed, batch, self._store, self._clock(), repeats=repeats)


class Folding:
    """The views of a service over one log as a hearer. Repeats are known by the version of the row."""

    batch = 1000

    def __init__(self, service: str, source: str, projections: Sequence[Projection[Any]], documents: Documents) -> None:
        """Fold into `documents`."""
        self.name, self.source = f"{service}.views.{source}", source
        self._projections = projections
        self._documents = documents

    async def position(self, feed: str) -> int:
        """Return how far the view has come that is behind the others."""
        return min([await self._documents.position(each.collection, feed) for each in self._projections])

    async def take(self, feed: str, batch: Sequence[Recorded], *, repeats: bool) -> None:
        """Fold facts into every view that has not got them yet."""
        del repeats
        newest, after = batch[-1].position, batch[0].position - 1
        if await fold_into(self._projections, self._documents, batch, newest, feed, after=after) < newest:
            raise TryLaterError(f"{self.name}: a view was built anew; its facts are read from where it stands.")
