"""How events become rows: one rule for every engine, guarded by stream version so that a repeat changes nothing."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic
from uuid import UUID

from shared.documents.port import Collection, Documents, R
from shared.errors import PoisonError, RedressError, TryLaterError
from shared.events.envelope import Recorded
from shared.supervision import Failure

FOLD_ERRORS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, RedressError)
"""What a fold may fail with on a fact that it does not expect; a fold does no input or output."""


@dataclass(frozen=True, slots=True)
class Projection(Generic[R]):
    """A view in the making: which service's log, which kind of stream, and the pure fold of one event.

    `fold` gets the row so far (None for a stream's first event) and may change and return it. With `apart`, each fact
    for which it holds has a row of its own, with an id of its own: `fold` gets None, and since it may ask the vault,
    it works in a thread; what is away then is waited for.
    """

    collection: Collection[R]
    source: str
    stream: str
    fold: Callable[[R | None, Recorded], R]
    apart: Callable[[Recorded], bool] | None = None

    def alone(self, recorded: Recorded) -> R:
        """Return the row of a fact that has one of its own."""
        row = self.fold(None, recorded)
        row.version, row.tenant = recorded.envelope.stream_version, recorded.envelope.tenant
        return row


class Fold(Generic[R]):
    """Rows on their way: loaded when first touched, kept between batches, written when told.

    `anew` is for a collection that starts empty and a feed that holds every fact once: then a stream's first fact
    needs no look whether there is a row.
    """

    def __init__(self, projection: Projection[R], documents: Documents, *, anew: bool = False) -> None:
        """Begin with no rows in hand."""
        self._projection = projection
        self._documents = documents
        self._anew = anew
        self._rows: dict[int, R] = {}
        self._parked: dict[UUID, str] = {}
        self.changed: dict[int, R] = {}

    async def take(self, batch: Sequence[Recorded]) -> None:
        """Fold facts in log order; one that was folded before changes nothing, a gap is a `PoisonError`.

        A stream that the fold fails on is parked with its later facts, and the rest goes on.
        """
        stream = self._projection.stream
        known = await self._documents.parked(self._projection.collection)
        self._parked.update(dict.fromkeys(known, ""))
        mine = [fact for fact in batch if fact.envelope.stream == stream]
        if self._projection.apart is not None:
            apart = self._projection.apart
            wanted = [fact for fact in mine if apart(fact) and fact.envelope.stream_id not in self._parked]
            await asyncio.to_thread(self._take_apart, wanted)
            return
        await self._load(mine)
        fold, rows, changed, parked = self._projection.fold, self._rows, self.changed, self._parked
        for recorded in mine:
            envelope = recorded.envelope
            key = envelope.stream_id.int
            row = rows.get(key)
            if envelope.stream_version != (1 if row is None else row.version + 1) or (
                parked and envelope.stream_id in parked
            ):
                self._demand_no_gap(row, recorded)
                continue
            try:
                row = fold(row, recorded)
            except FOLD_ERRORS as error:
                parked[envelope.stream_id] = Failure(error).cause
                changed.pop(key, None)
                continue
            row.version = envelope.stream_version
            row.tenant = envelope.tenant
            rows[key] = changed[key] = row

    def _take_apart(self, facts: Sequence[Recorded]) -> None:
        for recorded in facts:
            try:
                row = self._projection.alone(recorded)
            except TryLaterError:
                raise
            except FOLD_ERRORS as error:
                self._parked[recorded.envelope.stream_id] = Failure(error).cause
                continue
            self.changed[row.id.int] = row

    async def store(self, position: int, feed: str = "", after: int = 0) -> None:
        """Write what changed, and the position of the last fact that was taken behind `after`."""
        rows = [self.changed[key] for key in sorted(self.changed)]
        await self._documents.save(self._projection.collection, rows, position, self._parked, feed, after=after)
        self._parked = {}
        self.changed = {}
        self._rows = {}

    def _demand_no_gap(self, row: R | None, recorded: Recorded) -> None:
        stream_id, version = recorded.envelope.stream_id, recorded.envelope.stream_version
        last = 0 if row is None else row.version
        if version > last + 1 and stream_id not in self._parked:
            raise PoisonError(
                f"{self._projection.collection.name}: stream {stream_id} jumps from version {last} to "
                f"{version} at position {recorded.position}; rebuild the view from the log."
            )

    async def _load(self, facts: Sequence[Recorded]) -> None:
        # The number of an id is quicker to hash than the id.
        wanted: dict[int, UUID] = {}
        for fact in facts:
            key = fact.envelope.stream_id.int
            if key not in self._rows and key not in wanted and not (self._anew and fact.envelope.stream_version == 1):
                wanted[key] = fact.envelope.stream_id
        known = await self._documents.load(self._projection.collection, list(wanted.values())) if wanted else {}
        for row_id, row in known.items():
            self._rows.setdefault(row_id.int, row)


async def fold_batch(
    projection: Projection[R],
    documents: Documents,
    batch: Sequence[Recorded],
    position: int,
    feed: str = "",
    *,
    after: int = 0,
) -> None:
    """Fold a batch of a feed that begins behind `after`, and store the rows with the position of the last one read."""
    fold = Fold(projection, documents)
    await fold.take(batch)
    await fold.store(position, feed, after)
