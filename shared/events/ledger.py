"""What is said of the ledgers themselves: a new key, a new log after a restore."""

from typing import ClassVar

from shared.events.envelope import Event

LEDGER = "intake.ledger"


class LedgerKeyRotated(Event, frozen=True, kw_only=True):
    """From now on another key signs the ledgers; the one before it signs, too, until the next rotation."""

    TOPIC: ClassVar[str] = "intake.ledger-key-rotated"
    STREAM: ClassVar[str] = LEDGER
    before: tuple[str, ...]
    after: tuple[str, ...]


class LedgerRenewed(Event, frozen=True, kw_only=True):
    """A service's record was found to be another one than was signed; a new log begins under another name.

    `size` and `root` (hex) are what the log that was put aside had last signed.
    """

    TOPIC: ClassVar[str] = "intake.ledger-renewed"
    STREAM: ClassVar[str] = LEDGER
    service: str
    origin: str
    size: int
    root: str
    reason: str


EVENTS: tuple[type[Event], ...] = (LedgerKeyRotated, LedgerRenewed)
