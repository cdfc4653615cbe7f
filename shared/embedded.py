"""All services in one process on one data folder: no server beside it, one lock, one port."""

import fcntl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI

from shared.bus.local import LocalBus
from shared.bus.pacing import Pacer
from shared.clock import Clock, system_clock
from shared.documents.sqlite import SqliteDocuments
from shared.errors import SettingsError
from shared.eventstore.index import Indexer
from shared.eventstore.open import open_store
from shared.eventstore.sqlite import SqliteEventStore
from shared.eventstore.store import EventStore
from shared.hosting import READY_LAG, Host
from shared.ledger.shelves import FolderShelf
from shared.notary.keeper import Keeper
from shared.notary.rooting import KeptRoots
from shared.notary.signing import FILE as LEDGER_KEY
from shared.notary.signing import LedgerSettings, default_name, given_seeds, kept_seeds, signers_of
from shared.privacy.persons import Rights
from shared.secret import derived_secret, kept_root
from shared.service import Build, Parts, Service, notarised
from shared.vault.open import open_vault
from shared.vault.sealing import Sealer
from shared.vault.vault import Vault
from shared.web.app import create_app
from shared.web.gate import Gate, gate_of
from shared.web.keys import Keys, kept_keys
from shared.web.ledger import ledger_router
from shared.web.limits import Traffic
from shared.web.mine import mine_router
from shared.web.settings import OidcSettings, WebSettings

LEDGER = "ledger"
"""The folder of ledgers in a data folder, one for each service with a record."""


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
    vault: Vault
    gate: Gate
    web: WebSettings | None = None

    @property
    def services(self) -> Mapping[str, Service]:
        """The services, put together."""
        return self.host.services

    def app(self) -> FastAPI:
        """Return the app of all services; its life starts and stops the loops."""

        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
            await self.host.prepare()
            self.host.start()
            yield
            self.host.stop()

        services = self.host.services.values()
        ledgers = {service.name: service.ledger for service in services if service.ledger}
        routers = [router for service in services for router in service.routers]
        routers += [
            router
            for service in services
            if service.rights
            for router in [self._rights(service.rights, service.ledger)]
        ]
        routers.append(ledger_router(ledgers))
        return create_app(
            routers,
            gatekeeper=self.gate,
            wait_for=self.host.wait_for,
            live=self._live,
            ready=self._ready,
            measured=self.host.measured,
            lifespan=lifespan,
            clock=self.clock,
            traffic=self.traffic,
            settings=self.web,
        )

    def _rights(self, rights: Rights, ledger: Keeper | None) -> APIRouter:
        records = {name: service.personal for name, service in self.host.services.items() if service.personal}
        return mine_router(records, rights, self.clock, ledger)

    def close(self) -> None:
        """Finish what is queued and close every file."""
        for store in self.stores.values():
            store.close()
        for documents in self.documents.values():
            documents.close()
        self.keys.close()
        self.vault.keys.close()

    async def _live(self) -> dict[str, Any]:
        unwell = self.host.unwell()
        return {"ok": not unwell, "unwell": unwell}

    async def _ready(self) -> dict[str, Any]:
        lag = await self.host.lag()
        well = max(lag.values(), default=0) <= READY_LAG
        return {"ok": well, "lag": lag, "dead_letters": await self.host.parked(), "spooled": self.host.spooled()}


def open_embedded(
    data: Path,
    builders: Mapping[str, Build],
    clock: Clock = system_clock,
    *,
    keys: Callable[[Path, Clock], Keys] = kept_keys,
    web: WebSettings | None = None,
    oidc: OidcSettings | None = None,
) -> Embedded:
    """Open a data folder, making it when it is not there, readable for its owner only."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    stores: dict[str, SqliteEventStore] = {}
    documents: dict[str, SqliteDocuments] = {}
    services: list[Service] = []
    root = kept_root(data)
    vault = open_vault(data)
    sealer = Sealer(vault)
    book = keys(data, clock)
    roots = KeptRoots()
    for name, build in builders.items():
        folder = data / name
        folder.mkdir(mode=0o700, exist_ok=True)
        documents[name] = SqliteDocuments(folder / "views.sqlite")

        def opener(source: str, indexer: Indexer) -> EventStore:
            stores[source] = open_store(data / source, source, indexer, sealer)
            return stores[source]

        parts = Parts(
            open_store=opener,
            documents=documents[name],
            data=folder,
            secret=partial(derived_secret, root),
            clock=clock,
            vault=vault,
            roots=roots,
            stands=book.stands,
        )
        services.append(build(parts, dict(stores)))
    services = [_notarised(service, data, root, clock) if service.name in stores else service for service in services]
    for service in services:
        if service.ledger is not None:
            roots.know(service.name, service.ledger)
    traffic = Traffic()
    bus = LocalBus({service.name: service.store for service in services}, Pacer(lambda: traffic.inside))
    host = Host(services, bus, clock)
    return Embedded(data, book, host, clock, stores, documents, traffic, vault, gate_of(book, clock, oidc), web)


def _notarised(service: Service, data: Path, root: str, clock: Clock) -> Service:
    """Give the service its ledger: a folder beside its record, signed by the keys of the data folder."""
    chosen = LedgerSettings()
    name = chosen.name or default_name(derived_secret(root, "ledger-name"))
    given, file = chosen.keys, chosen.key_file or data / LEDGER_KEY
    seeds = (lambda: given_seeds(given)) if given is not None else (lambda: kept_seeds(file))
    shelf = FolderShelf(data / LEDGER / service.name)
    return notarised(service, Keeper(service.store, shelf, signers_of(name, service.name, seeds)), clock)


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
