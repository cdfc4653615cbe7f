"""What holds for the embedded store only: a file of an earlier layout."""

import sqlite3
from pathlib import Path

from shared.documents.sqlite import SqliteDocuments
from tests.unit.documents.sheets import SHEETS, sheet


async def test_a_file_of_an_earlier_layout_is_emptied_and_folded_anew(tmp_path: Path) -> None:
    path = tmp_path / "views.sqlite"
    earlier = sqlite3.connect(path)
    earlier.execute("CREATE TABLE positions (name TEXT PRIMARY KEY, position INTEGER)")
    earlier.execute("CREATE TABLE sheets__v1 (id TEXT PRIMARY KEY, version INTEGER, seq INTEGER, body BLOB)")
    earlier.execute("INSERT INTO positions VALUES ('sheets__v1', 9)")
    earlier.commit()
    earlier.close()

    for position in (0, 3):
        documents = SqliteDocuments(path)
        await documents.prepare(SHEETS)
        assert await documents.position(SHEETS) == position
        assert await documents.count(SHEETS) == position // 3
        await documents.save(SHEETS, [sheet(1)], 3)
        documents.close()
