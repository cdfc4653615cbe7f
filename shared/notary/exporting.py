"""The export that an auditor takes away: every stored byte, the ledger's files, and what courts had taken out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from shared.errors import ConflictError
from shared.eventstore.store import EventStore
from shared.ledger.reading import newest
from shared.ledger.shelves import Shelf

_BATCH = 5000


class Exported(NamedTuple):
    """How many facts of a service were written, all of them signed over."""

    service: str
    facts: int


async def export_record(
    store: EventStore, shelf: Shelf, folder: Path, progress: Callable[[int], None] = lambda _done: None
) -> Exported:
    """Write a service's record up to its newest checkpoint; a folder that is there already is refused."""
    home = folder / store.source
    if home.exists():
        raise ConflictError(f"{home} is there already; export to another folder.")
    home.mkdir(parents=True)
    _, checkpoint = newest(shelf)
    for path in shelf.paths():
        place = home / "ledger" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(shelf.read(path))
    done = after = 0
    with (home / "events.jsonl").open("wb") as file:
        while done < checkpoint.size:
            batch = await store.read_stored(after, min(_BATCH, checkpoint.size - done))
            if not batch:
                break  # the record lacks what was signed: the auditor will find it missing
            after = batch[-1].position
            file.writelines(one.state + b"\n" for one in batch)
            done += len(batch)
            progress(len(batch))
    rows = [
        {"stream_id": str(one.stream_id), "stream_version": one.stream_version, "sha256": one.sha256}
        for one in await store.redactions()
    ]
    (home / "redactions.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return Exported(store.source, done)
