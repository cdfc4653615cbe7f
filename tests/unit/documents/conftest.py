"""The document store of the tests: embedded, and on MongoDB in both forms that it is run in."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from shared.documents.mongo import MongoDocuments
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from shared.eventstore.sqlite import SqliteEventStore
from tests.engines.engine import Engine
from tests.unit.documents.sheets import SHEETS

MONGODB = ("mongodb", "mongodb_standalone")


@contextmanager
def on_mongodb(engine: Engine) -> Iterator[MongoDocuments]:
    """Open a store on a database of its own, which is dropped in the end."""
    from tests.engines.mongodb import database  # noqa: PLC0415 - the embedded form does without the engines

    with database(engine) as name:
        opened = MongoDocuments(engine.address, name)
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", *(pytest.param(name, marks=pytest.mark.engine) for name in MONGODB)])
def unprepared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Documents]:
    """An empty store of each kind."""
    if request.param in MONGODB:
        with on_mongodb(request.getfixturevalue(request.param)) as opened:
            yield opened
        return
    embedded = SqliteDocuments(tmp_path / "views.sqlite")
    yield embedded
    embedded.close()


@pytest_asyncio.fixture
async def documents(unprepared: Documents) -> Documents:
    """A store of each kind with an empty collection of sheets."""
    await unprepared.prepare(SHEETS)
    return unprepared


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteEventStore]:
    opened = SqliteEventStore(tmp_path / "record.sqlite", "cases")
    yield opened
    opened.close()
