"""The engines that rows are measured on: found or started once for the whole bench; each measurement gets ground."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self, TypeVar

from aiokafka.admin import AIOKafkaAdminClient

from shared.bus.kafka.clients import KafkaSettings, within
from shared.bus.kafka.topics import apply, wanted
from tests.bench.bench import MissingError
from tests.engines import mongodb, postgres
from tests.engines.engine import Engine, EngineFailedError, EngineMissingError, Kafka, Place
from tests.engines.guard import guard
from tests.engines.kafka import finding

E = TypeVar("E", bound=Engine)


@dataclass(frozen=True, slots=True)
class Standing:
    """The three engines."""

    kafka: Kafka
    postgres: Engine
    mongodb: Engine


@dataclass(frozen=True, slots=True)
class Ground:
    """What one measurement may fill: a database, topics, and names that begin with `mongo`."""

    postgres: str
    mongodb: str
    mongo: str
    kafka: KafkaSettings


class Engines:
    """Starts the engines when the first measurement asks for them, and ends those that it started."""

    def __init__(self) -> None:
        """Nothing is started yet."""
        self._lent = ExitStack()

    def __enter__(self) -> Self:
        """Lend engines until the block ends."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what was started."""
        self._lent.close()

    @property
    def origins(self) -> str:
        """Where the engines come from."""
        return ", ".join(
            engine.origin for engine in (self.standing.kafka, self.standing.postgres, self.standing.mongodb)
        )

    @cached_property
    def standing(self) -> Standing:
        """The engines, all three; a `MissingError` with the reasons where one cannot be had."""
        with ThreadPoolExecutor(3) as threads:
            kafka = threads.submit(self._found, finding.find)
            database = threads.submit(self._found, postgres.find)
            documents = threads.submit(self._found, mongodb.find)
        try:
            return Standing(kafka.result(), database.result(), documents.result())
        except (EngineMissingError, EngineFailedError) as error:
            raise MissingError(str(error)) from error

    @contextmanager
    def ground(self) -> Iterator[Ground]:
        """Lend a database, topics and names for collections of a measurement's own, and clear them away."""
        standing = self.standing
        prefix = f"bench-{secrets.token_hex(4)}"
        kafka = KafkaSettings(servers=standing.kafka.address, prefix=prefix, idempotent=standing.kafka.idempotence)
        with postgres.database(standing.postgres, "redress_bench") as dsn:
            asyncio.run(_topics(kafka))
            try:
                yield Ground(dsn, standing.mongodb.address, prefix, kafka)
            finally:
                asyncio.run(_no_topics(kafka))
                _forget(standing.mongodb.address, prefix)

    def _found(self, find: Callable[[Place], E]) -> E:
        folder = Path(tempfile.mkdtemp(prefix="redress-bench-"))
        folder.chmod(0o711)  # the server may be another account's
        guard().remove(folder)
        self._lent.callback(shutil.rmtree, folder, ignore_errors=True)
        engine = find(Place(folder))
        self._lent.callback(engine.close)
        return engine


async def _topics(settings: KafkaSettings) -> None:
    await apply(settings)


async def _no_topics(settings: KafkaSettings) -> None:
    async with within(AIOKafkaAdminClient(**settings.connection())) as admin:
        await admin.delete_topics([topic.name for topic in wanted(settings)])


def _forget(address: str, prefix: str) -> None:
    with mongodb.connected(address) as client:
        for name in client.list_database_names():
            if name.startswith(prefix):
                client.drop_database(name)
