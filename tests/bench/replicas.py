"""`redress serve`: replicas of services as processes of their own, on the engines of one measurement."""

import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.bench import BenchError
from tests.bench.ground import Ground

COMMAND = (sys.executable, "-m", "services")
_START, _STOP = 90.0, 30.0
SUCCESS = range(200, 300)


@dataclass(slots=True)
class Replica:
    """A running replica, and one connection to it that is kept."""

    process: subprocess.Popen[bytes]
    port: int
    key: str
    said: Path
    connection: HTTPConnection

    def ask(self, method: str, path: str, body: object = None, *, wait: str | None = None) -> dict[str, Any]:
        """Send a request; anything but success ends the bench. `wait` is a position token."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if wait is not None:
            headers["Redress-Wait-For"] = wait
        self.connection.request(method, path, None if body is None else msgspec.json.encode(body), headers)
        answer = self.connection.getresponse()
        content: dict[str, Any] = msgspec.json.decode(answer.read())
        if answer.status not in SUCCESS:
            raise BenchError(f"{method} {path} was answered with {answer.status}: {content}")
        return content


class House:
    """The replicas of one measurement."""

    def __init__(self, ground: Ground, folder: Path) -> None:
        """Start nothing yet; `folder` is empty and this measurement's own."""
        self._folder = folder
        self._environment = {
            **os.environ,
            "REDRESS_KAFKA_SERVERS": ground.kafka.servers,
            "REDRESS_KAFKA_PREFIX": ground.kafka.prefix,
            "REDRESS_KAFKA_IDEMPOTENT": str(ground.kafka.idempotent),
            "REDRESS_POSTGRES_DSN": ground.postgres,
            "REDRESS_MONGODB_URI": ground.mongodb,
            "REDRESS_MONGODB_PREFIX": ground.mongo,
            "REDRESS_SECRET": base64.b64encode(secrets.token_bytes(32)).decode(),
            "REDRESS_DATA": str(folder),
        }
        made = subprocess.run(
            (*COMMAND, "key", "new", "--role", "admin", "--data", str(folder)),
            env=self._environment,
            capture_output=True,
            text=True,
            check=True,
        )
        self.key = made.stdout.strip()
        self._running: list[Replica] = []

    def start(self, *services: str) -> list[Replica]:
        """Start a replica of each of these services, and wait until all are ready."""
        started = [self._started(service) for service in services]
        for replica in started:
            _until_ready(replica)
        return started

    def end(self) -> None:
        """Stop every replica."""
        for replica in self._running:
            replica.connection.close()
            replica.process.send_signal(signal.SIGTERM)
        for replica in self._running:
            try:
                replica.process.wait(_STOP)
            except subprocess.TimeoutExpired:
                replica.process.kill()
                replica.process.wait()

    def _started(self, service: str) -> Replica:
        name = f"{service}-{len(self._running) + 1}"
        port = _free_port()
        said = self._folder / f"{name}.txt"
        with said.open("wb") as output:
            process = subprocess.Popen(
                (*COMMAND, "serve", service, "--port", str(port)),
                env=self._environment | {"REDRESS_INSTANCE": name},
                stdout=output,
                stderr=output,
            )
        replica = Replica(process, port, self.key, said, HTTPConnection("127.0.0.1", port, timeout=30))
        self._running.append(replica)
        return replica


@contextmanager
def house(ground: Ground, folder: Path) -> Iterator[House]:
    """Lend a house until the block ends."""
    own = folder / ground.mongo
    own.mkdir()
    lent = House(ground, own)
    try:
        yield lent
    finally:
        lent.end()


def _until_ready(replica: Replica) -> None:
    given_up = time.monotonic() + _START
    while replica.process.poll() is None and time.monotonic() < given_up:
        try:
            replica.connection.request("GET", "/readyz")
            answer = replica.connection.getresponse()
            answer.read()
            if answer.status == 200:
                return
        except (OSError, HTTPException):
            replica.connection.close()
        time.sleep(0.05)
    raise BenchError(f"a replica did not become ready; it said:\n{replica.said.read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
