"""Open records on either engine, so that one suite speaks of both."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from shared.eventstore.index import Indexer, no_index
from shared.eventstore.open import open_postgres_store
from shared.eventstore.sqlite import SqliteEventStore
from shared.eventstore.store import EventStore


class Record(EventStore, Protocol):
    """A store that a test opened itself."""

    def close(self) -> None:
        """Finish what is queued."""
        ...


class Records:
    """Opens records by the name of their service and closes them at the end; opening one again is a replica of it."""

    def __init__(self, open_record: Callable[[str, Indexer], Record]) -> None:
        self._open = open_record
        self._opened: list[Record] = []

    def open(self, source: str, indexer: Indexer = no_index) -> Record:
        """Open the record of a service."""
        self._opened.append(self._open(source, indexer))
        return self._opened[-1]

    def close(self) -> None:
        """Close whatever was opened."""
        for record in self._opened:
            record.close()


def in_folder(folder: Path) -> Records:
    return Records(lambda source, indexer: SqliteEventStore(folder / f"{source}.sqlite", source, indexer))


def in_database(dsn: str) -> Records:
    return Records(lambda source, indexer: open_postgres_store(dsn, source, indexer))
