"""The engines as pytest lends them: one of each for the whole run, started when the first test asks for it."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.engines.engine import Engine, EngineMissingError, Kafka, Place
from tests.engines.guard import guard

ENGINES = {"kafka", "postgres", "mongodb", "mongodb_standalone"}
E = TypeVar("E", bound=Engine)
FOUND = pytest.StashKey[list[str]]()


def in_ci() -> bool:
    """Say whether this run must not leave anything out."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that stands on an engine."""
    for item in items:
        if ENGINES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.engine)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what the tests ran against."""
    for line in config.stash.get(FOUND, []):
        terminalreporter.write_line(f"engine {line}")


@contextmanager
def lent(
    request: pytest.FixtureRequest, name: str, find: Callable[[Place], E], *, accepted: Callable[[E], bool] = bool
) -> Iterator[E]:
    """Find or start an engine for the run; without one, fail in CI and skip elsewhere, with the reasons."""
    folder = Path(tempfile.mkdtemp(prefix=f"redress-{name}-"))
    folder.chmod(0o711)  # the server may be another account's
    guard().remove(folder)
    try:
        engine = find(Place(folder))
    except EngineMissingError as missing:
        shutil.rmtree(folder, ignore_errors=True)
        leave = pytest.fail if in_ci() else pytest.skip
        leave(str(missing))
    request.config.stash.setdefault(FOUND, []).append(f"{name}: {engine.origin}")
    try:
        if in_ci() and not accepted(engine):
            pytest.fail(f"In CI the tests need another {name} than this: {engine.origin}.")
        yield engine
    finally:
        engine.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[Kafka]:
    """A broker; ask its `idempotence` before making an idempotent producer."""
    from tests.engines.kafka.finding import find  # noqa: PLC0415 - unit tests do without the drivers

    with lent(request, "kafka", find, accepted=lambda engine: engine.apache) as engine:
        yield engine


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A server; its address may create databases."""
    from tests.engines.postgres import find  # noqa: PLC0415 - unit tests do without the drivers

    with lent(request, "postgres", find) as engine:
        yield engine


@pytest.fixture(scope="session")
def mongodb(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A replica set of one member."""
    from tests.engines.mongodb import find  # noqa: PLC0415 - unit tests do without the drivers

    with lent(request, "mongodb", find) as engine:
        yield engine


@pytest.fixture(scope="session")
def mongodb_standalone(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A server that is no replica set."""
    from tests.engines.mongodb import find_standalone  # noqa: PLC0415 - unit tests do without the drivers

    with lent(request, "mongodb_standalone", find_standalone) as engine:
        yield engine


@pytest.fixture
def postgres_database(postgres: Engine) -> Iterator[str]:
    """The DSN of a database of the test's own."""
    from tests.engines.postgres import database  # noqa: PLC0415 - unit tests do without the drivers

    with database(postgres) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def postgres_database_of_module(postgres: Engine) -> Iterator[str]:
    """The DSN of a database that the tests of a module share."""
    from tests.engines.postgres import database  # noqa: PLC0415 - unit tests do without the drivers

    with database(postgres) as dsn:
        yield dsn


@pytest.fixture
def mongo_database(mongodb: Engine) -> Iterator[str]:
    """The name of a database of the test's own in `mongodb`."""
    from tests.engines.mongodb import database  # noqa: PLC0415 - unit tests do without the drivers

    with database(mongodb) as name:
        yield name


@pytest.fixture
def topic_prefix() -> str:
    """What the names of a test's topics and groups begin with."""
    return f"test-{secrets.token_hex(5)}."
