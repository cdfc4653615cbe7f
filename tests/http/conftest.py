"""One running system for each test module, embedded and on engines: what is said of one holds of the other."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.bus.kafka.clients import KafkaSettings
from tests.support.app import House, System, embedded, running

PATIENCE = 60.0
"""Seconds that a view on engines may be behind."""


@pytest.fixture(scope="module", params=["embedded", pytest.param("scaled-out", marks=pytest.mark.engine)])
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system that the tests of a module share."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        if request.param != "embedded":
            # Three engines beside the tests share two cores: what a person would not wait for, a test does.
            patch.setattr("shared.hosting.WAIT_LIMIT", PATIENCE)
        house = embedded(folder) if request.param == "embedded" else scaled_out(request, folder)
        with running(house) as started:
            yield started


def scaled_out(request: pytest.FixtureRequest, folder: Path) -> House:
    """Open the system on the engines of the run."""
    from tests.support.replicas import replicas  # noqa: PLC0415 - the embedded form needs no engine

    kafka, mongodb = request.getfixturevalue("kafka"), request.getfixturevalue("mongodb")
    prefix = f"t{secrets.token_hex(5)}"
    settings = KafkaSettings(
        servers=kafka.address, prefix=prefix, partitions=2, idempotent=kafka.idempotence, session_ms=6000
    )
    dsn = request.getfixturevalue("postgres_database_of_module")
    return replicas(folder, dsn=dsn, mongodb=mongodb.address, kafka=settings)
