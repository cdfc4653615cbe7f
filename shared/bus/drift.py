"""Look by schedule whether the views still say what the record says: built beside, compared, and thrown away."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from shared.bus.bus import Bus
from shared.bus.projecting import rebuild
from shared.clock import Clock
from shared.documents.folding import Projection
from shared.documents.port import Documents

log = logging.getLogger("redress.drift")

EVERY = timedelta(days=1)
LOOK = 600.0
"""Seconds between looks at the clock."""


def _unheard(_facts: int) -> None:
    """Take progress that nobody watches."""


class Drift:
    """What the last look at a service's views found: 1 for a view that differs from its record, 0 for one that equals.

    The first look comes one span after the start, so that starting stays quick.
    """

    def __init__(
        self,
        service: str,
        projections: Sequence[Projection[Any]],
        documents: Documents,
        *,
        bus: Bus,
        clock: Clock,
        every: timedelta = EVERY,
    ) -> None:
        """Look for the first time after one span."""
        self._service = service
        self._projections = projections
        self._documents = documents
        self._bus = bus
        self._clock = clock
        self._every = every
        self._next: datetime | None = None
        self.found: dict[str, int] = {}

    async def once(self) -> None:
        """Look if it is time."""
        now = self._clock()
        if self._next is None:
            self._next = now + self._every
        if now < self._next:
            return
        self._next = now + self._every
        await self.look()

    async def look(self, progress: Callable[[int], None] = _unheard) -> Mapping[str, int]:
        """Compare every view of the service with its record now."""
        for projection in self._projections:
            built = await rebuild(projection, self._bus.log(projection.source), self._documents, progress, swap=False)
            name = f"{self._service}.{built.collection}"
            self.found[name] = int(not built.equal)
            if not built.equal:
                log.error("view differs from its record; rebuild it", extra={"view": name})
        return self.found
