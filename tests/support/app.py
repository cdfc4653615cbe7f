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
from shared.service import Build, Service
from shared.web.access import Role
from shared.web.app import openapi_of
from shared.web.keys import Keys

TESTED: Mapping[str, Build] = {
    **BUILDERS,
    "notify": lambda parts, _logs: notify.build(parts, Settings(webhook_allowed_hosts=("127.0.0.1",))),
}
"""The services as they are, but for one setting: webhooks may call this machine, where the tests listen."""


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
    auditor: Client
    admin: Client
    nobody: Client

    def openapi(self) -> dict[str, Any]:
        """Return the description of all services as one document."""
        first, *others = map(openapi_of, self.apps)
        for other in others:
            first["paths"] |= other["paths"]
            first["components"]["schemas"] |= other["components"]["schemas"]
        return first


def embedded(folder: Path, clock: Clock = system_clock) -> House:
    """Open all services in this process, on a folder."""
    return open_embedded(folder, TESTED, clock)


@contextmanager
def running(house: House) -> Iterator[System]:
    """Run the system until the block ends; `colleague` is a second operator."""
    keys = {name.value: house.keys.create(name, name=name.value)[1] for name in Role}
    keys["colleague"] = house.keys.create(Role.OPERATOR, name="colleague")[1]
    app = house.app()
    apps: Sequence[FastAPI] = getattr(app.state, "apps", [app])
    with TestClient(app, raise_server_exceptions=False) as http:
        clients = {name: Client(http, key) for name, key in keys.items()}
        yield System(house, apps, http, nobody=Client(http, "rdk_nobody"), **clients)
    house.close()
