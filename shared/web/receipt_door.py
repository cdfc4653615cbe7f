"""The door for people who have nothing but a receipt: so slow for who guesses that guessing is hopeless.

Every address may try now and then, right or wrong; wrong ones of all addresses together empty one further bucket. A
receipt has 55 bits: two wrong tries a second find one of a million receipts in some hundred years.
"""

import time
from collections.abc import Callable

from fastapi import Request

from shared.errors import NotFoundError
from shared.web.rates import Rates

SLOW = "Too many tries from here; nothing was stored. Wait a little."
_EVERYBODY = ("", "everybody")


class ReceiptDoor:
    """Counts tries, in this process only and in memory only: addresses of people are kept nowhere."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Begin with nobody slowed; `seconds` is any steady clock."""
        self._tries = Rates(0.5, 20, seconds, SLOW)
        self._wrong = Rates(2.0, 120, seconds, SLOW)

    def knock(self, request: Request) -> None:
        """Pass, or raise `TooManyError` with the seconds to wait."""
        self._tries.take("", request.client.host if request.client else "")
        self._wrong.demand(*_EVERYBODY)

    def opens_nothing(self) -> NotFoundError:
        """Count a wrong receipt, and return what to tell."""
        self._wrong.take(*_EVERYBODY)
        return NotFoundError("There is nothing under this receipt; check its letters.")


def door_of(request: Request) -> ReceiptDoor:
    """Return the one door of this process."""
    door: ReceiptDoor = request.app.state.receipt_door
    return door
