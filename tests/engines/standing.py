"""What stands for a person: engines that outlive the command that starts them, written down to be found again."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from docker.errors import DockerException

from tests.engines import containers
from tests.engines.engine import Engine, EngineMissingError
from tests.engines.guard import gone

STOPPING = 20.0
ELSEWHERE = Path("/var/tmp")  # noqa: S108 - only where the checkout may not be entered by the servers' account
MODE_ENTER = 0o001


@dataclass(frozen=True, slots=True)
class Standing:
    """One engine: `trace` is `pid 17` or `container 3f2a`, `folder` what it stands on."""

    name: str
    address: str
    origin: str
    trace: str
    folder: str

    @property
    def runs(self) -> bool:
        """Whether it is still there, and is still what was written down."""
        kind, _, number = self.trace.partition(" ")
        if kind == "container":
            return container_runs(number)
        line = command_line(int(number))
        return self.folder in line or self.address in line

    def end(self) -> None:
        """Stop it; a process keeps its data, a container does not."""
        kind, _, number = self.trace.partition(" ")
        if kind == "container":
            containers.daemon().client.containers.get(number).remove(force=True, v=True)
        else:
            end_process(int(number))


@dataclass(frozen=True, slots=True)
class Register:
    """The folder in the checkout that knows what stands."""

    folder: Path

    def read(self) -> list[Standing]:
        """Return what was written down and still runs."""
        file = self.folder / "state.json"
        written = json.loads(file.read_text()) if file.exists() else []
        return [one for one in (Standing(**entry) for entry in written) if one.runs]

    def write(self, standing: Sequence[Standing]) -> None:
        """Write down what stands."""
        file = self.folder / "state.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps([asdict(one) for one in standing], indent=1) + "\n")

    def place_of(self, name: str) -> Path:
        """Return the folder of an engine, made where it is not there yet."""
        folder = self._home() / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _home(self) -> Path:
        self.folder.mkdir(exist_ok=True)
        ways = (self.folder, *self.folder.parents)
        if os.geteuid() != 0 or all(way.stat().st_mode & MODE_ENTER for way in ways):
            return self.folder
        return ELSEWHERE / f"redress-engines-{self.folder.stat().st_ino}"


def recorded(engine: Engine, folder: Path) -> Standing:
    """Return what to write down of an engine."""
    return Standing(engine.name, engine.address, engine.origin, engine.life.trace, str(folder))


def command_line(pid: int) -> str:
    """Return the command line of a process; nothing where there is none."""
    if gone(pid):
        return ""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return subprocess.run(("ps", "-o", "command=", "-p", str(pid)), capture_output=True, text=True, check=False).stdout


def container_runs(number: str) -> bool:
    """Say whether a container runs."""
    try:
        return bool(containers.daemon().client.containers.get(number).status == "running")
    except (DockerException, EngineMissingError):
        return False


def end_process(pid: int) -> None:
    """Ask a process to end; kill it where it does not."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
        given_up = time.monotonic() + STOPPING
        while not gone(pid) and time.monotonic() < given_up:
            time.sleep(0.05)
        if not gone(pid):
            os.kill(pid, signal.SIGKILL)
