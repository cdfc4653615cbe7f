"""One running system for each test module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.app import System, running


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system that the tests of a module share."""
    folder: Path = tmp_path_factory.mktemp("data")
    with running(folder) as started:
        yield started
