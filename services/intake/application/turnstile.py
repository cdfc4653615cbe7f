"""Who writes very much at once is slowed down and never sent away: a flood may be spam, or somebody in fear."""

import asyncio
import time
from collections.abc import Callable

from shared.errors import TooManyError
from shared.events.intake import MessageReceived
from shared.web.rates import Rates

LONGEST = 0.4
"""Seconds that an answer is held back at most: some providers hang up after two, the record included."""
MOST_HELD = 64
"""Answers held back at once: beyond that a flood would take the places of others."""


class Turnstile:
    """Lets messages through, those of a flooding sender or account slowly. In this process only."""

    def __init__(
        self,
        *,
        of_sender: tuple[float, float],
        of_account: tuple[float, float],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Each rate is messages per second and how many may come at once before; `seconds` is any steady clock."""
        self._senders = Rates(*of_sender, seconds)
        self._accounts = Rates(*of_account, seconds)
        self._held = 0

    def wait(self, tenant: str, message: MessageReceived) -> float:
        """Return for how many seconds the answer to a message is held back."""
        account = f"{message.channel}/{message.account}"
        waits = [_taken(self._accounts, tenant, account)]
        if message.sender is not None:
            waits.append(_taken(self._senders, tenant, f"{account}/{message.sender}"))
        return min(max(waits), LONGEST)

    async def hold(self, tenant: str, message: MessageReceived) -> None:
        """Hold an answer back for as long as `wait` says, unless too many are held already."""
        seconds = self.wait(tenant, message)
        if not seconds or self._held >= MOST_HELD:
            return
        self._held += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._held -= 1


def _taken(rates: Rates, tenant: str, holder: str) -> float:
    try:
        rates.take(tenant, holder)
    except TooManyError as error:
        retry: object = error.fields["retry_after"]
        return float(retry) if isinstance(retry, int) else LONGEST
    return 0.0
