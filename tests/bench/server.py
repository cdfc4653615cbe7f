"""The real command as a process of its own, on a new data folder and a free port."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.bench import BenchError
from tests.bench.machine import memory_of

COMMAND = Path(sys.executable).with_name("redress")
_START, _STOP, _CATCH_UP = 60.0, 30.0, 300.0
_REACTION = "intake.filing"


@dataclass(frozen=True, slots=True)
class Server:
    """A running system; `ready_after` is the time from the start of the process to the first good `/readyz`."""

    process: subprocess.Popen[bytes]
    data: Path
    port: int
    ready_after: float

    @property
    def key(self) -> str:
        """The admin key."""
        return (self.data / "admin.key").read_text().strip()

    @property
    def memory(self) -> float:
        """Resident memory in MB."""
        return memory_of(self.process.pid)

    def post(self, path: str, body: object) -> dict[str, Any]:
        """Carry out one command; anything but success ends the bench."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        status, answer = _ask(self.port, "POST", path, msgspec.json.encode(body), headers)
        if status not in {200, 201, 202}:
            raise BenchError(f"POST {path} was answered with {status}: {answer}")
        return answer

    def recorded(self, service: str, topic: str) -> int:
        """Return how many facts of a kind are on the record of a service."""
        statement = "SELECT COUNT(*) FROM stored_events WHERE topic = ?"
        return _number(self.data / service / "record.sqlite", statement, topic)

    @contextmanager
    def standing_still(self, service: str) -> Iterator[None]:
        """Keep the record of a service from being written until the block ends."""
        with closing(sqlite3.connect(self.data / service / "record.sqlite", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            yield
            holder.execute("ROLLBACK")

    def wait_for_views(self) -> float:
        """Wait until every message is filed and every view has every fact; return how long that took."""
        begun = time.monotonic()
        while not self._caught_up():
            if time.monotonic() > begun + _CATCH_UP:
                raise BenchError(f"the views have not caught up within {_CATCH_UP:.0f} seconds")
            time.sleep(0.05)
        return time.monotonic() - begun

    def _caught_up(self) -> bool:
        record = self.data / "intake" / "record.sqlite"
        head = _number(record, "SELECT MAX(rowid) FROM stored_events")
        filed = _number(record, "SELECT notification_id FROM tracking WHERE application_name = ?", _REACTION)
        _, health = _ask(self.port, "GET", "/readyz")
        return filed == head and not any(health["lag"].values())


@contextmanager
def serving(folder: Path, settings: Mapping[str, str] | None = None, *, kept: Path | None = None) -> Iterator[Server]:
    """Run the system until the block ends, then stop it and remove its data; what lies in `kept` stays."""
    with tempfile.TemporaryDirectory(prefix="served-", dir=folder) as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        data, said = kept or Path(name) / "data", Path(name) / "said"
        arguments = [str(COMMAND), "up", "--data", str(data), "--host", "127.0.0.1", "--port", str(port)]
        with said.open("wb") as output:
            begun = time.perf_counter()
            process = subprocess.Popen(arguments, stdout=output, stderr=output, env={**os.environ, **(settings or {})})
            try:
                _wait_until_ready(process, port, said)
                yield Server(process, data, port, time.perf_counter() - begun)
            finally:
                _end(process)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    given_up = time.monotonic() + _START
    while process.poll() is None and time.monotonic() < given_up:
        try:
            if _ask(port, "GET", "/readyz")[0] == 200:
                return
        except ConnectionError:
            pass
        time.sleep(0.005)
    raise BenchError(f"the system did not become ready; it said:\n{said.read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _ask(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, msgspec.json.decode(answer.read())


def _number(file: Path, statement: str, *values: str) -> int:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        found = connection.execute(statement, values).fetchone()
    return int(found[0] or 0) if found else 0
