"""The four services on Kafka, PostgreSQL and MongoDB, a replica of each, behind one door that knows them by path."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from shared.bus.kafka.clients import KafkaSettings
from shared.bus.kafka.topics import apply
from shared.clock import system_clock
from shared.eventstore.store import EventStore
from shared.scale_out import Replica, ScaleOutSettings, open_replica
from shared.web.keys import Keys, shared_keys
from tests.support.app import QUICK, TESTED

ROOT = "cmVkcmVzcyByZWRyZXNzIHJlZHJlc3MgcmVkcmVzcyE="


class Replicas:
    """One replica of every service; implements `House`."""

    def __init__(self, settings: ScaleOutSettings, kafka: KafkaSettings) -> None:
        """Make the topics and open the replicas."""
        self.data = settings.data
        self.clock = system_clock
        self.keys = shared_keys(settings.postgres(), cost=QUICK)
        self._replicas: Mapping[str, Replica] = asyncio.run(_opened(settings, kafka, self.keys))
        self.stores: Mapping[str, EventStore] = {name: replica.store for name, replica in self._replicas.items()}
        self.services = {name: replica.service for name, replica in self._replicas.items()}

    def app(self) -> Starlette:
        """Return a door that hands each request to the service that its path names."""
        apps = {name: replica.app() for name, replica in self._replicas.items()}

        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            async with AsyncExitStack() as lives:
                for app in apps.values():
                    await lives.enter_async_context(app.router.lifespan_context(app))
                yield

        async def door(scope: Scope, receive: Receive, send: Send) -> None:
            first = scope["path"].split("/", 2)[1]
            await apps.get("intake" if first == "rights" else first, apps["reporting"])(scope, receive, send)

        outside = Starlette(lifespan=lifespan)
        outside.mount("/", door)
        outside.state.apps = list(apps.values())
        return outside

    def close(self) -> None:
        """Let go of the engines."""
        for replica in self._replicas.values():
            replica.close()
        self.keys.close()


async def _opened(settings: ScaleOutSettings, kafka: KafkaSettings, keys: Keys) -> Mapping[str, Replica]:
    await apply(kafka)
    return {name: await open_replica(name, TESTED, settings, kafka, keys=keys) for name in TESTED}


def replicas(folder: Path, *, dsn: str, mongodb: str, kafka: KafkaSettings, root: str = ROOT) -> Replicas:
    """Open a system on engines; `folder` is for what may be lost."""
    folder.mkdir(exist_ok=True)
    settings = ScaleOutSettings(
        postgres_dsn=SecretStr(dsn),
        mongodb_uri=SecretStr(mongodb),
        mongodb_prefix=kafka.prefix,
        secret=SecretStr(root),
        instance="test",
        data=folder,
    )
    return Replicas(settings, kafka)
