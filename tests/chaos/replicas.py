"""The deployed form as processes: replicas of each service on engines, each killed and started again by its name."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec

from shared.bus.kafka.clients import KafkaSettings
from shared.scale_out import ScaleOutSettings
from tests.engines.guard import guard
from tests.process.serving import COMMAND, PATIENCE, free_port
from tests.support.replicas import ROOT

NAMES = ("intake-1", "cases-1", "cases-2", "notify-1", "reporting-1")
GONE = (OSError, http.client.HTTPException)


class Readiness(msgspec.Struct):
    """What `readyz` tells."""

    ok: bool
    lag: dict[str, int]
    dead_letters: dict[str, int]
    spooled: dict[str, int] = {}


@dataclass(slots=True)
class Replica:
    """One replica of one service; what it says goes to a file of its own, behind what it said in earlier lives."""

    name: str
    folder: Path
    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def service(self) -> str:
        """Which service it is a replica of."""
        return self.name.rpartition("-")[0]

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it and return when it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it."""
        command = (*COMMAND, "serve", self.service, "--port", str(self.port))
        with (self.folder / f"{self.name}.txt").open("ab") as said:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={**os.environ, **self.environment, "REDRESS_INSTANCE": self.name},
                start_new_session=True,
            )
        guard().watch(self.process.pid)

    def wait(self) -> None:
        """Return when it answers."""
        given_up = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process is not None, f"{self.name} was not started"
            assert self.process.poll() is None, f"{self.name} ended: {self.said()}"
            assert time.monotonic() < given_up, f"{self.name} does not answer: {self.said()}"
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill it in the middle of whatever it does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to leave, and wait until it has."""
        self._end(signal.SIGTERM)

    def ready(self) -> Readiness | None:
        """Return what it says of itself; None when it cannot say."""
        with suppress(*GONE, msgspec.DecodeError):
            return msgspec.json.decode(self._asked("/readyz")[1], type=Readiness)
        return None

    def said(self) -> str:
        """Return the end of what it said; a client of Kafka without a broker says too much to be of use."""
        lines = (self.folder / f"{self.name}.txt").read_text(errors="replace").splitlines()
        return "\n".join([line for line in lines if '"logger":"aiokafka' not in line][-15:])

    def _answers(self) -> bool:
        with suppress(*GONE):
            return self._asked("/livez")[0] == http.client.OK
        return False

    def _asked(self, path: str) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(PATIENCE / 2)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(PATIENCE)
            guard().forget(self.process.pid)
            self.process = None


@dataclass(slots=True)
class Fleet:
    """Every replica, by name, and how they are set up."""

    folder: Path
    settings: ScaleOutSettings
    kafka: KafkaSettings
    replicas: dict[str, Replica] = field(default_factory=dict)

    def environment(self) -> Mapping[str, str]:
        """Return what each process is told."""
        return {
            "REDRESS_POSTGRES_DSN": self.settings.postgres(),
            "REDRESS_MONGODB_URI": self.settings.mongodb(),
            "REDRESS_MONGODB_PREFIX": self.settings.mongodb_prefix,
            "REDRESS_SECRET": ROOT,
            "REDRESS_DATA": str(self.settings.data),
            "REDRESS_KAFKA_SERVERS": self.kafka.servers,
            "REDRESS_KAFKA_PREFIX": self.kafka.prefix,
            "REDRESS_KAFKA_PARTITIONS": str(self.kafka.partitions),
            "REDRESS_KAFKA_IDEMPOTENT": str(self.kafka.idempotent),
            "REDRESS_KAFKA_SESSION_MS": str(self.kafka.session_ms),
        }

    def command(self, *arguments: str) -> str:
        """Run a command of `redress` and return what it printed."""
        done = subprocess.run(
            (*COMMAND, *arguments),
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def key(self, role: str, name: str) -> str:
        """Make a key that every replica knows."""
        made = self.command("key", "new", "--role", role, "--name", name, "--data", str(self.settings.data))
        return made.split()[-1]

    def add(self, *names: str) -> None:
        """Take replicas in, and return when all of them answer."""
        joining = {name: Replica(name, self.folder, self.environment()) for name in names}
        self.replicas |= joining
        for replica in joining.values():
            replica.launch()
        for replica in joining.values():
            replica.wait()

    def of(self, service: str) -> list[Replica]:
        """Return the replicas of a service that run."""
        return [one for one in list(self.replicas.values()) if one.service == service and one.runs]


class Door(httpx.AsyncBaseTransport):
    """Hands each request to the next running replica of the service that its path names."""

    def __init__(self, fleet: Fleet) -> None:
        """Stand in front of a fleet."""
        self._fleet = fleet
        self._inside = httpx.AsyncHTTPTransport()
        self._turn = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on; without a running replica it is refused as by a closed port."""
        running = self._fleet.of(request.url.path.split("/", 2)[1])
        if not running:
            raise httpx.ConnectError("no replica runs", request=request)
        self._turn += 1
        request.url = request.url.copy_with(host="127.0.0.1", port=running[self._turn % len(running)].port)
        return await self._inside.handle_async_request(request)

    async def aclose(self) -> None:
        """Hang up."""
        await self._inside.aclose()


@contextmanager
def fleet(folder: Path, settings: ScaleOutSettings, kafka: KafkaSettings) -> Iterator[Fleet]:
    """Make the topics and run every replica until the block ends, whatever happens in it."""
    ours = Fleet(folder, settings, kafka)
    settings.data.mkdir(exist_ok=True)
    ours.command("topics", "apply")
    try:
        ours.add(*NAMES)
        yield ours
    finally:
        for replica in ours.replicas.values():
            replica.kill()
