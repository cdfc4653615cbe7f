"""The port of the bus as a process sees it: loops that hear, and how far hearing has come."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shared.bus.loops import Loop
from shared.bus.port import Hearer, Log


class Bus(Protocol):
    """Carries the facts of every service to who hears them. Implemented by `local` and `kafka.bus`."""

    def loop(self, hearer: Hearer) -> Loop:
        """Return the loop in which a hearer is handed what its source records."""
        ...

    def loops(self) -> Sequence[Loop]:
        """Return the loops of the bus's own work."""
        ...

    def log(self, source: str) -> Log:
        """Return the log of a service, to be read from its first fact."""
        ...

    async def needed(self, source: str, position: int, timeout: float) -> Mapping[str, int]:  # noqa: ASYNC109 - a limit of the answer
        """Return how far each feed must have been heard by whoever is to know a place of a service's log.

        An `InvalidError` for a place that nobody has been told, a `BehindError` when it is not yet known in time.
        """
        ...

    async def ends(self, source: str) -> Mapping[str, int]:
        """Return how far each feed of a service reaches just now."""
        ...

    async def stop(self) -> None:
        """Let go of what the bus holds, after the batches in hand."""
        ...
