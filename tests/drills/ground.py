"""A signed record that can be tampered with behind the back of the system, on either engine."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from shared.auditing.findings import Verified
from shared.auditing.notes import read_key
from shared.auditing.sources import FolderSource
from shared.auditing.verifying import verify
from shared.events.cases import NoteAdded
from shared.events.envelope import Recorded
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id
from shared.ledger.notes import Signer
from shared.ledger.shelves import Shelf
from shared.notary.exporting import export_record
from shared.notary.keeper import Keeper
from tests.support.stores import Record, Records
from tests.unit.eventstore.test_store import context

SEED = bytes(range(32))
FACTS, STREAMS = 60, 3
Statement = tuple[str, tuple[object, ...]]


Tampering = Callable[[Sequence[bytes]], Sequence[Statement]]
"""From what is stored to the statements that falsify it: `?` for values, `{n}` for the column of a fact's number."""


class Ground(NamedTuple):
    """A record and its ledger."""

    engine: str
    records: Records
    shelf: Shelf
    place: str
    """The file, or the address of the database."""

    def keeper(self, store: Record) -> Keeper:
        """Return who signs."""
        return Keeper(store, self.shelf, lambda behind: [Signer(f"drill/cases{behind}", SEED)])

    async def lived(self) -> Record:
        """Return a record with some life in it, signed."""
        store = self.records.open("cases")
        for begin in range(0, FACTS, STREAMS * 5):
            await store.write(context(), lambda unit, begin=begin: _lines(unit, begin))  # type: ignore[misc]  # bound default
        await self.keeper(store).look()
        return store

    def tamper(self, statements: Sequence[Statement]) -> None:
        """Do it, as somebody with the password of the engine would."""
        if self.engine == "SQLite":
            with closing(sqlite3.connect(self.place)) as at:
                for statement, values in statements:
                    at.execute(statement.format(n="rowid"), values)
                at.commit()
            return
        import psycopg  # noqa: PLC0415 - the driver is an extra

        with psycopg.connect(self.place) as other:
            other.execute("SET search_path TO cases")
            for statement, values in statements:
                other.execute(statement.format(n="notification_id").replace("?", "%s").encode(), values)


def _lines(unit: UnitOfWork, begin: int) -> Sequence[Recorded]:
    facts: list[Recorded] = []
    for number in range(begin, begin + STREAMS * 5):
        stream = derived_id("drill", str(number % STREAMS))
        facts += unit.append(stream, number // STREAMS, [NoteAdded(text=f"note {number}")], context())
    return facts


async def audited(ground: Ground, store: Record, folder: Path) -> Verified:
    """Export the record as the operator does, and verify it as the auditor does, with the key and nothing else."""
    await export_record(store, ground.shelf, folder)
    return verify(FolderSource(folder, "cases"), [read_key(Signer("drill/cases", SEED).verifier.encoded())])
