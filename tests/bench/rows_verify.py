"""Rows of the auditor: a whole export verified offline, on one core."""

import asyncio
import time
from hashlib import sha256
from itertools import islice
from pathlib import Path

from shared.auditing.notes import read_key
from shared.auditing.sources import EVENTS, FolderSource
from shared.auditing.verifying import verify
from shared.ledger.notes import Signer
from shared.ledger.shelves import FolderShelf
from shared.notary.exporting import export_record
from shared.notary.keeper import Keeper
from tests.bench.bench import Bench, BenchError, Row
from tests.bench.rows_log import open_lives

LEAST = 300_000.0
_SIGNER = Signer("bench/cases", bytes(range(32)))
_LEAF, _NODE = bytes(380), bytes(65)
_AT_ONCE = 10_000


def verified(bench: Bench) -> list[Row]:
    """Measure how fast an export is verified: hashed, counted, and compared with tiles and checkpoints."""
    folder = bench.folder / "export"
    if not folder.exists():
        asyncio.run(_export(bench, folder))
    begun = time.perf_counter()
    found = verify(FolderSource(folder, "cases"), [read_key(_SIGNER.verifier.encoded())])
    ours = found.facts / (time.perf_counter() - begun)
    if found.findings or not found.facts:
        raise BenchError(f"an honest export does not verify: {found.findings}")
    what = f"offline verification of {found.facts:,} events, one core"
    return [Row(what, ours, "/s", "bare SHA-256 of as many events, leaves and nodes", _hashed(folder), LEAST)]


async def _export(bench: Bench, folder: Path) -> None:
    store = await open_lives(bench)
    shelf = FolderShelf(bench.folder / "ledger")
    await Keeper(store, shelf, lambda _behind: [_SIGNER]).look()
    await export_record(store, shelf, folder)
    store.close()


def _hashed(folder: Path) -> float:
    count, spent = 0, 0.0
    with (folder / "cases" / EVENTS).open("rb") as lines:
        while some := list(islice(lines, _AT_ONCE)):
            begun = time.perf_counter()
            for line in some:
                sha256(line).hexdigest()
                sha256(_LEAF).digest()
                sha256(_NODE).digest()
            spent += time.perf_counter() - begun
            count += len(some)
    return count / spent
