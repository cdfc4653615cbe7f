"""The real system in process on a temporary folder, with a key for every role."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from services.__main__ import BUILDERS
from services.notify import bootstrap as notify
from services.notify.settings import Settings
from shared.clock import Clock, system_clock
from shared.embedded import Build, Embedded, open_embedded
from shared.rights import Role
from shared.service import Parts, Service
from shared.web.keys import Cost, Keys, open_keys
from shared.web.settings import OidcSettings, WebSettings

TESTED: Mapping[str, Build] = {**BUILDERS, "notify": lambda parts, _feeds: quick_notify(parts)}
NOWHERE = "00000000-0000-0000-0000-000000000000"
"""The organisation of the partner: one that no case concerns."""


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


@dataclass(frozen=True, slots=True)
class System:
    """A running system: clients by role, `nobody` without a key, and its open parts."""

    embedded: Embedded
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
        return Client(self.http, self.embedded.keys.create(role, **limits)[1])


def quick_keys(data: Path, clock: Clock = system_clock) -> Keys:
    """Open keys whose hashes cost next to nothing."""
    return open_keys(data, clock, Cost(passes=1, memory=8))


def quick_notify(parts: Parts) -> Service:
    """Build notify so that webhooks reach the servers of tests, which are all on this machine."""
    return notify.build(parts, Settings(webhook_allowed_hosts=("127.0.0.1",)))


@contextmanager
def running(
    folder: Path,
    *,
    builders: Mapping[str, Build] = TESTED,
    clock: Clock = system_clock,
    web: WebSettings | None = None,
    oidc: OidcSettings | None = None,
) -> Iterator[System]:
    """Run the system on a folder until the block ends; `colleague` is a second operator."""
    embedded = open_embedded(folder, builders, clock, keys=quick_keys, web=web, oidc=oidc)
    keys = {
        role.value: embedded.keys.create(role, name=role.value, organisation=NOWHERE if role is Role.PARTNER else None)[
            1
        ]
        for role in Role
    }
    keys["colleague"] = embedded.keys.create(Role.OPERATOR, name="colleague")[1]
    with TestClient(embedded.app(), raise_server_exceptions=False) as http:
        clients = {name: Client(http, key) for name, key in keys.items()}
        yield System(embedded, http, nobody=Client(http, "rdk_nobody"), **clients)
    embedded.close()
