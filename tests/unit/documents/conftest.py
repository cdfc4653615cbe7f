"""The document store of the tests: embedded, and on MongoDB in both forms that it is run in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from shared.documents.mongo import MongoDocuments
from shared.documents.port import Documents
from shared.documents.sqlite import SqliteDocuments
from shared.eventstore.sqlite import SqliteEventStore
from tests.unit.documents.sheets import SHEETS


@pytest.fixture(scope="session")
def mongodb() -> str:
    return "mongodb://127.0.0.1:37518/?replicaSet=rs0"


@pytest.fixture(scope="session")
def mongodb_standalone() -> str:
    return "mongodb://127.0.0.1:37517"


@pytest.fixture
def mongo_database() -> str:
    import uuid

    return "t" + uuid.uuid4().hex


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("mongodb", marks=pytest.mark.engine),
        pytest.param("mongodb_standalone", marks=pytest.mark.engine),
    ]
)
def unprepared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Documents]:
    """An empty store of each kind."""
    opened: SqliteDocuments | MongoDocuments
    if request.param == "sqlite":
        opened = SqliteDocuments(tmp_path / "views.sqlite")
    else:
        address, database = request.getfixturevalue(request.param), request.getfixturevalue("mongo_database")
        opened = MongoDocuments(address, database)
    yield opened
    opened.close()


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
