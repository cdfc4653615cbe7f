"""Open the event store that the settings name; the embedded one is a file per service."""

from pathlib import Path

from shared.eventstore.index import Indexer, no_index
from shared.eventstore.sqlite import SqliteEventStore
from shared.vault.sealing import Sealer


def open_store(
    folder: Path, source: str, indexer: Indexer = no_index, sealer: Sealer | None = None
) -> SqliteEventStore:
    """Open the record of a service in its folder, making both when they are not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteEventStore(folder / "record.sqlite", source, indexer, sealer=sealer)
