"""Slows down who guesses: after a few failures in a row each further try has to wait longer."""

import math
from datetime import datetime, timedelta

from shared.clock import Clock
from shared.errors import TooManyError

FREE = 5
LONGEST = 60.0
_MOST_REMEMBERED = 10_000


class Slowing:
    """Counts failures by name. The wait doubles from one second to a minute, and is forgotten after a success."""

    def __init__(self, clock: Clock) -> None:
        """Begin with nobody slowed."""
        self._clock = clock
        self._failures: dict[str, tuple[int, datetime]] = {}

    def demand_patience(self, name: str) -> None:
        """Pass, or raise `TooManyError` with the seconds to wait."""
        count, since = self._failures.get(name, (0, self._clock()))
        if count < FREE:
            return
        wait = since + timedelta(seconds=min(LONGEST, 2.0 ** (count - FREE))) - self._clock()
        if wait > timedelta(0):
            seconds = math.ceil(wait.total_seconds())
            raise TooManyError(f"Too many wrong secrets; wait {seconds} seconds.", retry_after=seconds)

    def failed(self, name: str) -> None:
        """Count a failure."""
        if len(self._failures) >= _MOST_REMEMBERED:
            self._failures.clear()
        count, _ = self._failures.get(name, (0, None))
        self._failures[name] = (count + 1, self._clock())

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name."""
        self._failures.pop(name, None)
