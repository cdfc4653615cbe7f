"""How events become rows: one rule for every engine, guarded by stream version so that a repeat changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from shared.documents.port import Collection, Documents, R
from shared.errors import PoisonError
from shared.events.envelope import Recorded


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
    """Fold a batch, in log order, and store the rows with `position`, the number of the last event read."""
    mine = [recorded for recorded in batch if recorded.envelope.stream == projection.stream]
    rows = await _rows_of(projection, documents, mine)
    changed: dict[int, R] = {}
    for recorded in mine:
        envelope = recorded.envelope
        key = envelope.stream_id.int
        row = rows.get(key)
        last = 0 if row is None else row.version
        if envelope.stream_version <= last:
            continue
        if envelope.stream_version > last + 1:
            raise PoisonError(
                f"{projection.collection.name}: stream {envelope.stream_id} jumps from version {last} to "
                f"{envelope.stream_version} at position {recorded.position}; rebuild the view from the log."
            )
        row = projection.fold(row, recorded)
        row.version = envelope.stream_version
        rows[key] = changed[key] = row
    await documents.save(projection.collection, list(changed.values()), position)


async def _rows_of(projection: Projection[R], documents: Documents, facts: Sequence[Recorded]) -> dict[int, R]:
    """Load the rows that these facts go on with, by the id's number, which is quicker to hash than the id."""
    ids = {fact.envelope.stream_id.int: fact.envelope.stream_id for fact in facts}
    known = await documents.load(projection.collection, list(ids.values()))
    return {row_id.int: row for row_id, row in known.items()}
