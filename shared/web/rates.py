"""How often one key may ask: a bucket for each holder, filled steadily; who finds it empty is told when to return."""

import math
import time
from collections.abc import Callable

from shared.errors import TooManyError

_MOST_REMEMBERED = 10_000


class Rates:
    """Buckets of `burst` requests, filled by `per_second`. In this process only: a replica has buckets of its own."""

    def __init__(self, per_second: float, burst: float, seconds: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets; `seconds` is any steady clock."""
        self._per_second = per_second
        self._burst = burst
        self._seconds = seconds
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def take(self, tenant: str, holder: str) -> None:
        """Take one request out of a holder's bucket, or raise `TooManyError` with the seconds until there is one."""
        now = self._seconds()
        left, since = self._buckets.get((tenant, holder), (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        if left < 1:
            wait = math.ceil((1 - left) / self._per_second)
            raise TooManyError("This key asks too often; nothing was stored.", retry_after=wait)
        if len(self._buckets) >= _MOST_REMEMBERED:
            self._buckets.clear()
        self._buckets[tenant, holder] = (left - 1, now)
