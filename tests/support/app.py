"""The real system in process on a temporary folder, with a key for every role."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.testclient import TestClient

from services.__main__ import BUILDERS
from services.notify import bootstrap as notify
from services.notify.settings import Settings
from shared.clock import Clock, system_clock
from shared.embedded import open_embedded
from shared.eventstore.store import EventStore
from shared.rights import Role
from shared.service import Build, Service
from shared.web.app import openapi_of
from shared.web.keys import Cost, Keys, kept_keys
from shared.web.settings import OidcSettings, WebSettings

TESTED: Mapping[str, Build] = {
    **BUILDERS,
    "notify": lambda parts, logs: notify.build(
        parts, Settings(webhook_allowed_hosts=("127.0.0.1",), stream_seconds=1), log=logs["cases"]
    ),
}
"""The services as they are, but for one setting: webhooks may call this machine, where the tests listen."""
NOWHERE = "00000000-0000-0000-0000-000000000000"
"""The organisation of the partner: one that no case concerns."""
QUICK = Cost(passes=1, memory=8)
"""Hashes of keys that cost next to nothing."""


@dataclass(frozen=True, slots=True)
class Client:
    """An HTTP client that sends one key."""

    http: TestClient
    key: str

    def get(
        self, path: str, *, wait: str | None = None, headers: Mapping[str, str] | None = None, **query: object
    ) -> Any:
        """GET a path; `wait` is a position token to wait for."""
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        if wait:
            sent["Redress-Wait-For"] = wait
        asked = {name: str(value) for name, value in query.items()}
        return self.http.get(path, headers=sent, params=asked or None)

    def post(self, path: str, body: object = None, *, headers: Mapping[str, str] | None = None) -> Any:
        """POST a JSON body."""
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        return self.http.post(path, headers=sent, json={} if body is None else body)


class House(Protocol):
    """What carries a running system: one process on a folder, or replicas on engines."""

    data: Path
    keys: Keys

    @property
    def clock(self) -> Clock:
        """Return the time of this system."""
        ...

    @property
    def stores(self) -> Mapping[str, EventStore]:
        """The record of each service."""
        ...

    @property
    def services(self) -> Mapping[str, Service]:
        """The services, put together."""
        ...

    def app(self) -> Starlette:
        """Return the app of all services; `state.apps` holds those behind it, where there are several."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


@dataclass(frozen=True, slots=True)
class System:
    """A running system: clients by role, `nobody` without a key, and its open parts."""

    house: House
    apps: Sequence[FastAPI]
    http: TestClient
    channel: Client
    operator: Client
    colleague: Client
    supervisor: Client
    safeguarding: Client
    partner: Client
    auditor: Client
    admin: Client
    nobody: Client

    def client(self, role: Role, **limits: Any) -> Client:
        """Return a client with a key of its own."""
        return Client(self.http, self.house.keys.create(role, **limits)[1])

    def openapi(self) -> dict[str, Any]:
        """Return the description of all services as one document."""
        first, *others = map(openapi_of, self.apps)
        for other in others:
            first["paths"] |= other["paths"]
            first["components"]["schemas"] |= other["components"]["schemas"]
        return first


def quick_keys(data: Path, clock: Clock = system_clock) -> Keys:
    """Open keys whose hashes cost next to nothing."""
    return kept_keys(data, clock, QUICK)


def embedded(
    folder: Path,
    clock: Clock = system_clock,
    *,
    builders: Mapping[str, Build] = TESTED,
    web: WebSettings | None = None,
    oidc: OidcSettings | None = None,
) -> House:
    """Open all services in this process, on a folder."""
    return open_embedded(folder, builders, clock, keys=quick_keys, web=web, oidc=oidc)


@contextmanager
def running(house: House) -> Iterator[System]:
    """Run the system until the block ends; `colleague` is a second operator."""
    keys = {
        role.value: house.keys.create(role, name=role.value, organisation=NOWHERE if role is Role.PARTNER else None)[1]
        for role in Role
    }
    keys["colleague"] = house.keys.create(Role.OPERATOR, name="colleague")[1]
    app = house.app()
    apps: Sequence[FastAPI] = getattr(app.state, "apps", [app])
    with TestClient(app, raise_server_exceptions=False) as http:
        clients = {name: Client(http, key) for name, key in keys.items()}
        yield System(house, apps, http, nobody=Client(http, "rdk_nobody"), **clients)
    house.close()
