"""One service as a process of its own, of which there may be several: PostgreSQL, Kafka and MongoDB carry it."""

import base64
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.bus.kafka.bus import KafkaBus
from shared.bus.kafka.clients import KafkaSettings
from shared.bus.kafka.topics import SOURCES, demand
from shared.clock import Clock, system_clock
from shared.documents.mongo import MongoDocuments
from shared.errors import SettingsError
from shared.eventstore.index import Indexer
from shared.eventstore.leading import Leader
from shared.eventstore.open import open_postgres_store
from shared.eventstore.postgres import PostgresEventStore
from shared.eventstore.store import EventStore
from shared.hosting import READY_LAG, Host
from shared.notary.keeper import Keeper
from shared.notary.rooting import KeptRoots
from shared.notary.signing import LedgerSettings, Seeds, default_name, given_seeds, kept_seeds, signers_of
from shared.secret import derived_secret
from shared.service import Build, Parts, Service, notarised
from shared.vault.open import open_vault
from shared.vault.sealing import Sealer
from shared.vault.settings import Settings as VaultSettings
from shared.vault.vault import Vault
from shared.web.app import create_app
from shared.web.gate import Gate, gate_of
from shared.web.keys import Keys, shared_keys
from shared.web.ledger import ledger_router
from shared.web.limits import Traffic
from shared.web.mine import mine_router
from shared.web.settings import OidcSettings, WebSettings

PUBLISHER = "reporting"
"""The service that shows the ledgers of all."""


class ScaleOutSettings(BaseSettings):
    """Read from the environment, `REDRESS_…`: where the engines are, and what this replica is called."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_", frozen=True)

    postgres_dsn: SecretStr | None = None
    mongodb_uri: SecretStr | None = None
    mongodb_prefix: str = Field(default="redress", pattern=r"^[a-z][a-z0-9_-]{0,30}$")
    secret: SecretStr | None = None
    instance: str = Field(default_factory=socket.gethostname)
    """Lasting name of this replica: with it, a restart does not shuffle who hears what."""
    data: Path = Path("data")
    """A folder for what may be lost: the figures' engine, outgoing files."""

    def postgres(self) -> str:
        """Return the address of PostgreSQL, or say which setting is missing."""
        return _demanded(self.postgres_dsn, "REDRESS_POSTGRES_DSN", "postgresql://redress@127.0.0.1/redress")

    def root(self) -> str:
        """Return the secret from which those of every purpose are derived."""
        return _demanded(self.secret, "REDRESS_SECRET", "the output of: openssl rand -base64 32")

    def mongodb(self) -> str:
        """Return the address of MongoDB, or say which setting is missing."""
        return _demanded(self.mongodb_uri, "REDRESS_MONGODB_URI", "mongodb://127.0.0.1:27017")


@dataclass(slots=True)
class Replica:
    """The open parts of one replica of one service."""

    name: str
    service: Service
    neighbours: Sequence[Service]
    """Services whose records of a person this one shows to that person; they are run elsewhere."""
    gate: Gate
    host: Host
    bus: KafkaBus
    lent: "_Lender"
    leader: Leader
    clock: Clock
    traffic: Traffic
    vault: Vault
    web: WebSettings | None = None

    @property
    def store(self) -> PostgresEventStore:
        """The record of the service."""
        return self.lent.stores[self.service.name]

    def app(self) -> FastAPI:
        """Return the app of the service; its life starts and stops the loops."""

        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
            await self.host.prepare()
            self.host.start()
            yield
            self.host.stop()

        return create_app(
            [*self.service.routers, *self._rights(), *self._ledgers()],
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

    def _rights(self) -> Sequence[APIRouter]:
        """Return the routes of a person's rights, where this service knows a person by their receipt."""
        if self.service.rights is None:
            return ()
        records = {one.name: one.personal for one in (self.service, *self.neighbours) if one.personal}
        return [mine_router(records, self.service.rights, self.clock, self.service.ledger)]

    def _ledgers(self) -> Sequence[APIRouter]:
        """Return the routes of the ledgers where figures are published, too."""
        if self.service.name != PUBLISHER:
            return ()
        return [ledger_router({one.name: one.ledger for one in self.neighbours if one.ledger is not None})]

    def close(self) -> None:
        """Finish what is queued and let go of the engines."""
        self.leader.close()
        self.lent.close()
        self.vault.keys.close()

    async def _live(self) -> dict[str, Any]:
        unwell = self.host.unwell()
        return {"ok": not unwell, "unwell": unwell}

    async def _ready(self) -> dict[str, Any]:
        lag = await self.host.lag()
        well = max(lag.values(), default=0) <= READY_LAG
        return {"ok": well, "lag": lag, "dead_letters": await self.host.parked(), "spooled": self.host.spooled()}


class _Lender:
    """Lends services their parts, and closes them."""

    def __init__(
        self,
        settings: ScaleOutSettings,
        bus: KafkaBus,
        vault: Vault,
        clock: Clock,
        stands: Callable[[str, str], bool],
    ) -> None:
        self.stores: dict[str, PostgresEventStore] = {}
        self._documents: list[MongoDocuments] = []
        self._shelves: list[Any] = []
        self._settings = settings
        self._bus = bus
        self._vault = vault
        self._sealer = Sealer(vault)
        self._clock = clock
        self._stands = stands
        self._roots = KeptRoots()

    def build(self, name: str, build: Build) -> Service:
        """Put a service together."""
        folder = self._settings.data / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        documents = MongoDocuments(self._settings.mongodb(), f"{self._settings.mongodb_prefix}_{name}")
        self._documents.append(documents)
        parts = Parts(
            open_store=self._open,
            documents=documents,
            data=folder,
            secret=partial(derived_secret, self._settings.root()),
            clock=self._clock,
            vault=self._vault,
            roots=self._roots,
            stands=self._stands,
        )
        return build(parts, {source: self._bus.log(source) for source in SOURCES})

    def notarised(self, service: Service) -> Service:
        """Give the service its ledger: in its schema, signed by keys that every replica derives or is given."""
        from shared.eventstore.postgres_shelf import PostgresShelf  # noqa: PLC0415 - the driver is an extra

        chosen, root = LedgerSettings(), self._settings.root()
        name = chosen.name or default_name(derived_secret(root, "ledger-name"))
        given, file = chosen.keys, chosen.key_file
        if given is not None:
            seeds: Callable[[], Seeds] = partial(given_seeds, given)
        elif file is not None:
            seeds = partial(kept_seeds, file)
        else:
            seeds = partial(_one_seed, derived_secret(root, "ledger-key"))
        shelf = PostgresShelf(self._settings.postgres(), service.name)
        self._shelves.append(shelf)
        keeper = Keeper(service.store, shelf, signers_of(name, service.name, seeds))
        self._roots.know(service.name, keeper)
        return notarised(service, keeper, self._clock)

    def _open(self, source: str, indexer: Indexer) -> EventStore:
        self.stores[source] = open_postgres_store(self._settings.postgres(), source, indexer, self._sealer)
        return self.stores[source]

    def close(self) -> None:
        """Finish what is queued and let go of the engines."""
        for store in self.stores.values():
            store.close()
        for shut in (*self._documents, *self._shelves):
            shut.close()


async def open_replica(
    name: str,
    builders: Mapping[str, Build],
    settings: ScaleOutSettings | None = None,
    kafka: KafkaSettings | None = None,
    *,
    keys: Keys | None = None,
    clock: Clock = system_clock,
    web: WebSettings | None = None,
    oidc: OidcSettings | None = None,
) -> Replica:
    """Open one replica of a service; what is missing among the engines is said before anything is served."""
    settings, kafka = settings or ScaleOutSettings(), kafka or KafkaSettings()
    bus = KafkaBus(kafka, await demand(kafka), settings.instance)
    vault = _vault(settings)
    book = keys or shared_keys(settings.postgres(), clock)
    lender = _Lender(settings, bus, vault, clock, book.stands)
    service = lender.build(name, builders[name])
    others = builders.items() if service.rights or name == PUBLISHER else ()
    neighbours = [lender.build(other, build) for other, build in others if other != name]
    neighbours = [lender.notarised(other) if other.name in lender.stores else other for other in neighbours]
    if name in lender.stores:
        service = lender.notarised(service)
    leader = Leader(settings.postgres(), name, "sealer")
    bus.seal(lender.stores[name], leader)

    async def leads(_service: str) -> bool:
        return await leader.holds()

    return Replica(
        name=settings.instance,
        service=service,
        neighbours=neighbours,
        gate=gate_of(book, clock, oidc),
        host=Host([service], bus, clock, leads),
        bus=bus,
        lent=lender,
        leader=leader,
        clock=clock,
        traffic=Traffic(),
        vault=vault,
        web=web,
    )


def _one_seed(seed: bytes) -> Seeds:
    return [seed]


def _vault(settings: ScaleOutSettings) -> Vault:
    """Return the vault that all replicas share; unless the settings say otherwise, the root secret wraps its keys."""
    chosen = VaultSettings()
    if chosen.dsn is None:
        chosen = chosen.model_copy(update={"dsn": settings.postgres_dsn})
    if chosen.kek is None and chosen.kek_file is None:
        kek = base64.b64encode(derived_secret(settings.root(), "key-encryption")).decode()
        chosen = chosen.model_copy(update={"kek": SecretStr(f"root {kek}")})
    return open_vault(settings.data, chosen)


def _demanded(setting: SecretStr | None, name: str, example: str) -> str:
    if setting is None:
        raise SettingsError(f"{name} is not set; give it a value such as {example}.")
    return setting.get_secret_value()
