"""What unit tests are given: records on every engine that can keep them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.stores import Records, in_database, in_folder


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.engine)])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Records]:
    """Records on each engine in turn; what is said of one holds of the other."""
    if request.param == "sqlite":
        opened = in_folder(tmp_path)
    else:
        opened = in_database(request.getfixturevalue("postgres_database"))
    yield opened
    opened.close()
