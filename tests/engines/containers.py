"""An engine in Docker, through testcontainers: at a port of ours, so that it comes back where it was."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from docker.errors import DockerException
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from tests.engines.engine import EngineFailedError, EngineMissingError, Place
from tests.engines.process import PAUSE, Ready

ANSWERING, PULLING, STARTING = 3, 300, 60.0


def daemon() -> DockerClient:
    """Return the way to a Docker daemon that answers quickly; raise EngineMissingError where there is none."""
    try:
        docker = DockerClient(timeout=ANSWERING)
        docker.client.ping()
    except (DockerException, OSError) as error:
        raise EngineMissingError("No Docker daemon answers.") from error
    return docker


@dataclass(slots=True)
class Container:
    """A container and the ports it is reached at: inside -> on this machine."""

    image: str
    place: Place
    ports: Mapping[int, int]
    ready: Ready
    environment: Mapping[str, str] = field(default_factory=dict)
    command: Sequence[str] = ()
    container: DockerContainer | None = None

    @property
    def trace(self) -> str:
        """How to find it again."""
        return f"container {self._running().get_container_id()}"

    def start(self) -> None:
        """Start it where it does not run; return when it answers."""
        try:
            if self.container is None:
                self.container = self._created()
                self.container.start()
            else:
                self.container.get_wrapped_container().start()
        except (DockerException, OSError) as error:
            self.close()
            raise EngineMissingError(f"Docker could not run {self.image}: {error}") from error
        given_up = time.monotonic() + STARTING
        while wrong := self.ready():
            if time.monotonic() > given_up:
                said = self.container.get_logs()[0][-2000:].decode(errors="replace")
                raise EngineFailedError(f"{self.image} does not answer: {wrong}. Its log ends:\n{said}")
            time.sleep(PAUSE)

    def stop(self) -> None:
        """Ask it to end."""
        self._running().get_wrapped_container().stop(timeout=10)

    def kill(self) -> None:
        """Kill it."""
        self._running().get_wrapped_container().kill()

    def close(self) -> None:
        """Remove it with its data."""
        if self.container is not None:
            with suppress(DockerException):
                self.container.stop()
        self.container = None

    def _created(self) -> DockerContainer:
        testcontainers_config.ryuk_disabled = self.place.lasting
        made = DockerContainer(self.image, docker_client_kw={"timeout": PULLING}).with_envs(**self.environment)
        for inside, here in self.ports.items():
            made = made.with_bind_ports(inside, here)
        return made.with_command(list(self.command)) if self.command else made

    def _running(self) -> DockerContainer:
        if self.container is None:
            raise EngineFailedError(f"{self.image} does not run.")
        return self.container
