"""How events become rows: one rule for every engine, guarded by stream version so that a repeat changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic
from uuid import UUID

from shared.documents.port import Collection, Documents, R
from shared.errors import PoisonError, RedressError
from shared.events.envelope import Recorded
from shared.supervision import Failure

FOLD_ERRORS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, RedressError)
"""What a fold may fail with on a fact that it does not expect; a fold does no input or output."""


@dataclass(frozen=True, slots=True)
class Projection(Generic[R]):
    """A view in the making: which service's log, which kind of stream, and the pure fold of one event.

    `fold` gets the row so far (None for a stream's first event) and may change and return it.
    """

    collection: Collection[R]
    source: str
    stream: str
    fold: Callable[[R | None, Recorded], R]


async def fold_batch(projection: Projection[R], documents: Documents, batch: Sequence[Recorded], position: int) -> None:
    """Fold a batch, in log order, and store the rows with `position`, the number of the last event read.

    A stream that the fold fails on is parked with its later events and the rest goes on; a gap stops everything.
    """
    known = await documents.parked(projection.collection)
    mine = [
        recorded
        for recorded in batch
        if recorded.envelope.stream == projection.stream and (not known or recorded.envelope.stream_id not in known)
    ]
    rows = await _rows_of(projection, documents, mine)
    changed: dict[int, R] = {}
    parked: dict[UUID, str] = {}
    for recorded in mine:
        envelope = recorded.envelope
        key = envelope.stream_id.int
        row = rows.get(key)
        if (parked and envelope.stream_id in parked) or not _is_next(projection, row, recorded):
            continue
        try:
            row = projection.fold(row, recorded)
        except FOLD_ERRORS as error:
            parked[envelope.stream_id] = Failure(error).cause
            changed.pop(key, None)
            continue
        row.version = envelope.stream_version
        rows[key] = changed[key] = row
    await documents.save(projection.collection, list(changed.values()), position, parked)


def _is_next(projection: Projection[R], row: R | None, recorded: Recorded) -> bool:
    version, last = recorded.envelope.stream_version, 0 if row is None else row.version
    if version > last + 1:
        raise PoisonError(
            f"{projection.collection.name}: stream {recorded.envelope.stream_id} jumps from version {last} to "
            f"{version} at position {recorded.position}; rebuild the view from the log."
        )
    return version == last + 1


async def _rows_of(projection: Projection[R], documents: Documents, facts: Sequence[Recorded]) -> dict[int, R]:
    """Load the rows that these facts go on with, by the id's number, which is quicker to hash than the id."""
    ids = {fact.envelope.stream_id.int: fact.envelope.stream_id for fact in facts}
    known = await documents.load(projection.collection, list(ids.values()))
    return {row_id.int: row for row_id, row in known.items()}
