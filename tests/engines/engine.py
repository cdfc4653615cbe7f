"""An engine that answers: where it is, where it came from, and how to stop, kill and start it again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar


class EngineMissingError(Exception):
    """There is no such engine here; the text says what was looked for and what would help."""


class EngineFailedError(Exception):
    """An engine that ought to run does not; the text ends with what it said last."""


class NotOursError(Exception):
    """The engine was not started by us, so it is not ours to stop."""


class Life(Protocol):
    """The power over what runs an engine."""

    def start(self) -> None:
        """Start it where it does not run; return when it answers."""

    def stop(self) -> None:
        """Ask it to end and wait until it has; data and port stay."""

    def kill(self) -> None:
        """End it with SIGKILL, in the middle of whatever it does; data and port stay."""

    def close(self) -> None:
        """End it for good and remove its data."""

    @property
    def trace(self) -> str:
        """What to write down to find it again: `pid 17`, `container 3f2a`, or nothing."""


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that answers at `address`: bootstrap servers, a DSN, or a URI."""

    name: str
    address: str
    origin: str
    life: Life

    def start(self) -> None:
        """Start it again after `stop` or `kill`; return when it answers."""
        self.life.start()

    def stop(self) -> None:
        """Ask it to end and wait until it has."""
        self.life.stop()

    def restart(self) -> None:
        """Stop it and start it with the same data on the same port."""
        self.life.stop()
        self.life.start()

    def kill(self) -> None:
        """Kill it in the middle of whatever it does; `start` brings it back with what it had on disk."""
        self.life.kill()

    def close(self) -> None:
        """End it for good, data and all, if it is ours."""
        self.life.close()


@dataclass(frozen=True, slots=True)
class Kafka(Engine):
    """A broker; `apache` says whether it is Apache Kafka, `idempotence` whether producers may be idempotent."""

    apache: bool = True

    @property
    def idempotence(self) -> bool:
        """Whether `enable_idempotence=True` works: the stand-in for Apache Kafka lacks it."""
        return self.apache


@dataclass(frozen=True, slots=True)
class Place:
    """A folder for one engine; `lasting`: it outlives the process that starts it."""

    folder: Path
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The life of an engine whose address was given to us: not ours to end."""

    variable: str
    trace: str = ""

    def start(self) -> None:
        raise self._refusal()

    def stop(self) -> None:
        raise self._refusal()

    def kill(self) -> None:
        raise self._refusal()

    def close(self) -> None:
        """Leave it as it is."""

    def _refusal(self) -> NotOursError:
        return NotOursError(
            f"{self.variable} names an engine that was not started here; unset it to test stops and restarts."
        )


E = TypeVar("E", bound=Engine)


def first(name: str, ways: Sequence[Callable[[Place], E]], place: Place) -> E:
    """Return the engine that the first passable way leads to; raise EngineMissingError with every reason."""
    reasons = []
    for way in ways:
        try:
            return way(place)
        except EngineMissingError as missing:
            reasons.append(str(missing))
    raise EngineMissingError(f"No {name} here. {' '.join(reasons)}")
