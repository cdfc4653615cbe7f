"""How often one key may ask: a bucket for each holder, filled steadily; who finds it empty is told when to return."""

import math
import time
from collections.abc import Callable

from shared.errors import TooManyError

_MOST_REMEMBERED = 10_000


class Rates:
    """Buckets of `burst` requests, filled by `per_second`. In this process only: a replica has buckets of its own."""

    def __init__(
        self,
        per_second: float,
        burst: float,
        seconds: Callable[[], float] = time.monotonic,
        told: str = "This key asks too often; nothing was stored.",
    ) -> None:
        """Begin with full buckets; `seconds` is any steady clock, `told` is what who asks too often reads."""
        self._told = told
        self._per_second = per_second
        self._burst = burst
        self._seconds = seconds
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, tenant: str, holder: str) -> None:
        """Take one request out of a holder's bucket, or raise `TooManyError` with the seconds until there is one."""
        left, now = self.demand(tenant, holder)
        if len(self._buckets) >= _MOST_REMEMBERED:
            self._buckets.clear()
        self._buckets[tenant, holder] = (left - 1, now)

    def demand(self, tenant: str, holder: str) -> tuple[float, float]:
        """Return what is left in a holder's bucket and the time, taking nothing; `TooManyError` when it is empty."""
        now = self._seconds()
        left, since = self._buckets.get((tenant, holder), (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        if left < 1:
            raise TooManyError(self._told, retry_after=math.ceil((1 - left) / self._per_second))
        return left, now
