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
    ids = list({recorded.envelope.stream_id: None for recorded in mine})
    rows = dict(await documents.load(projection.collection, ids)) if ids else {}
    for recorded in mine:
        envelope = recorded.envelope
        row = rows.get(envelope.stream_id)
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
        rows[envelope.stream_id] = row
    await documents.save(projection.collection, list(rows.values()), position)
