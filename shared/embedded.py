"""All services in one process on one data folder: no server beside it, one lock, one port."""

import fcntl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from shared.clock import Clock, system_clock
from shared.documents.sqlite import SqliteDocuments
from shared.errors import SettingsError
from shared.eventstore.index import Indexer
from shared.eventstore.open import open_store
from shared.eventstore.sqlite import SqliteEventStore
from shared.eventstore.store import EventStore
from shared.hosting import READY_LAG, Host
from shared.service import Parts, Service
from shared.web.app import create_app
from shared.web.gate import Gate
from shared.web.keys import Keys, open_keys
from shared.web.limits import Traffic
from shared.web.oidc import Tokens
from shared.web.settings import OidcSettings, WebSettings

Build = Callable[[Parts, Mapping[str, EventStore]], Service]
"""A service's bootstrap; gets the records of the services built before it."""


@dataclass(slots=True)
class Embedded:
    """The open parts of one data folder."""

    data: Path
    keys: Keys
    host: Host
    clock: Clock
    stores: dict[str, SqliteEventStore]
    documents: dict[str, SqliteDocuments]
    traffic: Traffic
    gate: Gate
    web: WebSettings | None = None

    def app(self) -> FastAPI:
        """Return the app of all services; its life starts and stops the loops."""

        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
            await self.host.prepare()
            self.host.start()
            yield
            self.host.stop()

        routers = [router for service in self.host.services.values() for router in service.routers]
        return create_app(
            routers,
            gatekeeper=self.gate,
            wait_for=self.host.wait_for,
            live=self._live,
            ready=self._ready,
            lifespan=lifespan,
            clock=self.clock,
            traffic=self.traffic,
            settings=self.web,
        )

    def close(self) -> None:
        """Finish what is queued and close every file."""
        for store in self.stores.values():
            store.close()
        for documents in self.documents.values():
            documents.close()
        self.keys.close()

    async def _live(self) -> dict[str, Any]:
        unwell = self.host.unwell()
        return {"ok": not unwell, "unwell": unwell}

    async def _ready(self) -> dict[str, Any]:
        lag = await self.host.lag()
        well = max(lag.values(), default=0) <= READY_LAG
        return {"ok": well, "lag": lag, "dead_letters": await self.host.parked()}


def open_embedded(
    data: Path,
    builders: Mapping[str, Build],
    clock: Clock = system_clock,
    *,
    keys: Callable[[Path, Clock], Keys] = open_keys,
    web: WebSettings | None = None,
    oidc: OidcSettings | None = None,
) -> Embedded:
    """Open a data folder, making it when it is not there, readable for its owner only."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    stores: dict[str, SqliteEventStore] = {}
    documents: dict[str, SqliteDocuments] = {}
    services: list[Service] = []
    for name, build in builders.items():
        folder = data / name
        folder.mkdir(mode=0o700, exist_ok=True)
        documents[name] = SqliteDocuments(folder / "views.sqlite")

        def opener(source: str, indexer: Indexer) -> EventStore:
            stores[source] = open_store(data / source, source, indexer)
            return stores[source]

        parts = Parts(open_store=opener, documents=documents[name], data=folder, clock=clock)
        services.append(build(parts, dict(stores)))
    traffic = Traffic()
    host = Host(services, clock, lambda: traffic.inside)
    book = keys(data, clock)
    oidc = oidc or OidcSettings()
    gate = Gate(book, Tokens(oidc, clock) if oidc.issuer else None)
    return Embedded(data, book, host, clock, stores, documents, traffic, gate, web)


def open_existing(data: Path, builders: Mapping[str, Build], clock: Clock = system_clock) -> Embedded:
    """Open a data folder that is there already; a wrong name makes no empty one."""
    if not data.is_dir():
        raise SettingsError(f"There is no data folder {data}; name it with --data.")
    return open_embedded(data, builders, clock)


class FolderLock:
    """Holds a data folder for one running system; a second one is refused."""

    def __init__(self, data: Path) -> None:
        """Prepare the lock file of a data folder."""
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = (data / "redress.lock").open("a")

    def take(self) -> bool:
        """Take the lock, or return False when a running system has it."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def demand(self) -> None:
        """Take the lock, or say that a system runs on this folder."""
        if not self.take():
            raise SettingsError("A system runs on this data folder already; stop it, or use another --data.")
