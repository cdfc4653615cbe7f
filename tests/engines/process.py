"""A server as a process of ours on loopback: started until it answers, stopped, killed, started again."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.engines.engine import EngineFailedError, Place
from tests.engines.guard import guard

STARTING, STOPPING = 60.0, 20.0
ATTEMPTS = 5
PAUSE = 0.05
LOG = "said.txt"

Ready = Callable[[], str]
"""Returns nothing when the server answers, else what is lacking."""


@dataclass(slots=True)
class Process:
    """A server and the folder that holds all that it has, its log among it."""

    name: str
    command: Sequence[str]
    place: Place
    ready: Ready
    user: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The id of the running process."""
        if self.process is None:
            raise EngineFailedError(f"{self.name} does not run.")
        return self.process.pid

    @property
    def trace(self) -> str:
        """How to find it again."""
        return f"pid {self.pid}"

    def start(self) -> None:
        """Start it where it does not run; return when it answers, or raise EngineFailedError."""
        given_up = time.monotonic() + STARTING
        attempts = 0
        while self.process is None or self.process.poll() is not None or self.ready():
            if self.process is None or self.process.poll() is not None:
                if attempts == ATTEMPTS:
                    raise self._failure("ended at once, every time")
                time.sleep(attempts * 0.2)  # what a killed server left may still be letting go of the data
                self._launch()
                attempts += 1
            if time.monotonic() > given_up:
                raise self._failure(f"does not answer after {STARTING:.0f} s: {self.ready()}")
            time.sleep(PAUSE)

    def stop(self) -> None:
        """Ask it to end; kill it where it does not."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """End it and remove its folder."""
        self.stop()
        shutil.rmtree(self.place.folder, ignore_errors=True)

    def _launch(self) -> None:
        with (self.place.folder / LOG).open("ab") as said:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=self.place.folder,
                env={**os.environ, **self.environment},
                start_new_session=True,
                user=self.user,
                group=pwd.getpwnam(self.user).pw_gid if self.user else None,
                extra_groups=[] if self.user else None,
            )
        if not self.place.lasting:
            guard().watch(self.process.pid)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOPPING)
        if not self.place.lasting:
            guard().forget(self.process.pid)
        self.process = None

    def _failure(self, what: str) -> EngineFailedError:
        said = (self.place.folder / LOG).read_text(errors="replace")[-2000:]
        self.kill()
        return EngineFailedError(f"{self.name} {what}. Its log ends:\n{said}")
