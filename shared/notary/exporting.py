"""The export that an auditor takes away: every stored byte, the ledger's files, and what courts had taken out."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from shared.errors import ConflictError
from shared.eventstore.store import EventStore
from shared.ledger.leaves import head_of, leaf_of, masked, tenant_of
from shared.ledger.reading import newest
from shared.ledger.shelves import Shelf
from shared.ledger.tree import leaf_hash

_BATCH = 5000


class Exported(NamedTuple):
    """How many facts of a service were written, all of them signed over."""

    service: str
    facts: int


async def export_record(
    store: EventStore,
    shelf: Shelf,
    folder: Path,
    progress: Callable[[int], None] = lambda _done: None,
    *,
    tenant: str | None = None,
) -> Exported:
    """Write a service's record up to its newest checkpoint; a folder that is there already is refused.

    With a tenant, facts of all others are masked: the hashes of their leaves stand for them, and all verifies still.
    """
    home = folder / store.source
    if home.exists():
        raise ConflictError(f"{home} is there already; export to another folder.")
    home.mkdir(parents=True)
    _, checkpoint = newest(shelf)
    redactions = {(str(one.stream_id), one.stream_version): one.sha256 for one in await store.redactions()}
    lines = _Lines(tenant, redactions)
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
            file.writelines(lines.shown(one.state) + b"\n" for one in batch)
            done += len(batch)
            progress(len(batch))
    rows = [
        {"stream_id": stream_id, "stream_version": version, "sha256": digest}
        for (stream_id, version), digest in redactions.items()
        if (stream_id, version) not in lines.masked
    ]
    (home / "redactions.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return Exported(store.source, done)


class _Lines:
    """What an export shows of a fact: its bytes, or a hash where it is not the tenant's."""

    def __init__(self, tenant: str | None, redactions: Mapping[tuple[str, int], str]) -> None:
        self._tenant = tenant
        self._redactions = redactions
        self.masked: set[tuple[str, int]] = set()
        """Facts that a court had changed, and that are masked."""

    def shown(self, state: bytes) -> bytes:
        if self._tenant is None or tenant_of(state) == self._tenant:
            return state
        place = head_of(state)
        digest = self._redactions.get(place)
        if digest is not None:
            self.masked.add(place)
        return masked(leaf_hash(leaf_of(state, digest)))
