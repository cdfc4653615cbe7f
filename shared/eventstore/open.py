"""Open the event store that the settings name: a file per service, or a schema per service."""

from pathlib import Path
from typing import TYPE_CHECKING

from shared.errors import SettingsError
from shared.eventstore.index import Indexer, no_index
from shared.eventstore.sqlite import SqliteEventStore
from shared.vault.sealing import Sealer

if TYPE_CHECKING:
    from shared.eventstore.postgres import PostgresEventStore


def open_store(
    folder: Path, source: str, indexer: Indexer = no_index, sealer: Sealer | None = None
) -> SqliteEventStore:
    """Open the record of a service in its folder, making both when they are not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteEventStore(folder / "record.sqlite", source, indexer, sealer=sealer)


def open_postgres_store(
    dsn: str, source: str, indexer: Indexer = no_index, sealer: Sealer | None = None
) -> "PostgresEventStore":
    """Open the record of a service in the database at `dsn`, making its schema `source` when it is not there.

    A `SettingsError` when the driver is not installed, a `TryLaterError` when the database does not answer.
    """
    try:
        from shared.eventstore.postgres import PostgresEventStore  # noqa: PLC0415 - the driver is an extra
    except ImportError as error:
        raise SettingsError("PostgreSQL needs its driver: install redress-grievances[postgres].") from error
    return PostgresEventStore(dsn, source, indexer, sealer=sealer)
