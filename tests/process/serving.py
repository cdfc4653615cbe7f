"""The real command on a folder and a port of its own: started, asked, killed and started again."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import msgspec

COMMAND = (sys.executable, "-m", "services")
PATIENCE = 60.0


def redress(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    return subprocess.run((*COMMAND, *arguments), capture_output=True, text=True, timeout=PATIENCE, check=False)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, header by lower-case name, and the body as it was."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the members of the body."""
        return msgspec.json.decode(self.body)


@dataclass(slots=True)
class System:
    """A system that can be killed; what it says goes to `said`, behind what it said in earlier lives."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def said(self) -> Path:
        """The file of everything that was printed and logged."""
        return self.folder / "said.txt"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self) -> str:
        """The admin key."""
        return (self.data / "admin.key").read_text().strip()

    def start(self) -> None:
        """Start it and return when it is ready."""
        with self.said.open("ab") as output:
            self.process = subprocess.Popen(self.arguments(), stdout=output, stderr=output)
        given_up = time.monotonic() + PATIENCE
        while not self._is_ready():
            assert self.process.poll() is None, self.said.read_text()[-2000:]
            assert time.monotonic() < given_up, "not ready in time"
            time.sleep(0.02)

    def arguments(self) -> Sequence[str]:
        """Return the command line that starts it."""
        return (*COMMAND, "up", "--data", str(self.data), "--port", str(self.port))

    def kill(self) -> None:
        """Kill it in the middle of whatever it does."""
        assert self.process is not None
        self.process.kill()
        assert self.process.wait(PATIENCE) == -signal.SIGKILL

    def stop(self) -> tuple[int, float]:
        """Ask it to stop; return its exit code and how many seconds that took."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.terminate()
        return self.process.wait(PATIENCE), time.monotonic() - begun

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; without `key` it is the admin who asks."""
        sent = {"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json", **(headers or {})}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def post(self, path: str, body: object, *, key: str | None = None) -> Any:
        """Carry out a command that must succeed."""
        answer = self.ask("POST", path, msgspec.json.encode(body), key=key)
        assert answer.status in {200, 201, 202}, (path, answer.status, answer.body)
        return answer.json()

    def get(self, path: str, *, wait: str | None = None) -> Any:
        """Read something that must be there; `wait` is a position token to wait for."""
        answer = self.ask("GET", path, headers={"Redress-Wait-For": wait} if wait else None)
        assert answer.status == 200, (path, answer.status, answer.body)
        return answer.json()

    def new_key(self, role: str, name: str) -> str:
        """Make a further key."""
        made = redress("key", "new", "--role", role, "--name", name, "--data", str(self.data))
        assert made.returncode == 0, made.stderr
        return made.stdout.split()[-1]

    def _is_ready(self) -> bool:
        try:
            return self.ask("GET", "/readyz", key="nobody").status == 200
        except OSError:
            return False


@contextmanager
def system(folder: Path) -> Iterator[System]:
    """Run a system until the block ends, whatever happens in it."""
    started = System(folder)
    try:
        started.start()
        yield started
    finally:
        if started.process is not None and started.process.poll() is None:
            started.process.kill()
            started.process.wait(PATIENCE)
