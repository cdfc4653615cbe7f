"""One service's ledger beside its record: about once a second it lays down what is new, and signs it."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence

from shared.errors import CorruptRecordError
from shared.eventstore.store import EventStore, Stored
from shared.ledger.notes import Signer
from shared.ledger.shelves import ASIDE, Shelf
from shared.ledger.writing import SIGNED, Pen

log = logging.getLogger("redress.ledger")

REST = 1.0
"""Seconds between two checkpoints, when there is something new."""
BATCH = 2000
MOST = 50_000
"""Facts under one signature: a long record is signed on the way."""


class Keeper:
    """Keeps a ledger up. After a restore it signs nothing until it is told to begin a new log."""

    def __init__(self, store: EventStore, shelf: Shelf, signers: Callable[[str], Sequence[Signer]]) -> None:
        """`signers` makes the keys of a log from what is behind the service's name: nothing, or `-2`, `-3`, ..."""
        self.store = store
        self.shelf = shelf
        self._signers = signers
        self._pen: Pen | None = None
        self.refused: str | None = None
        """Why nothing is signed any more; None while all is well."""
        self._signed_at: float | None = None
        self._looking = threading.Lock()

    async def look(self) -> None:
        """Bring the ledger up to the record, unless that is not the one that was signed; one look at a time."""
        while not self._looking.acquire(blocking=False):  # noqa: ASYNC110 - who looks may belong to another event loop
            await asyncio.sleep(0.01)
        try:
            await self._look()
        finally:
            self._looking.release()

    async def _look(self) -> None:
        pen = await self._opened()
        if pen is None:
            self._signed_at = self._signed_at or time.monotonic()  # from now on the checkpoint ages
            return
        # Until everything is signed nobody holds a pen: after a failure it is taken up anew from what is durable.
        self._pen = None
        while await self._write(pen):
            pass
        self._pen = pen
        self._signed_at = time.monotonic()

    def age(self) -> float | None:
        """Return the seconds since this process saw everything signed; None where another one signs."""
        return None if self._signed_at is None else time.monotonic() - self._signed_at

    def origin(self) -> str:
        """Return the name of the log that is written now."""
        return self._keys()[-1].verifier.name

    def verifiers(self) -> Sequence[str]:
        """Return the public keys that sign now, today's last."""
        return [signer.verifier.encoded() for signer in self._keys()]

    def put_aside(self) -> str:
        """Put the ledger aside, so that a new log begins, under another name; return the name of the old one."""
        old = self.origin()
        self.shelf.move_aside(str(self._aside() + 1))
        self._pen, self.refused = None, None
        return old

    async def _opened(self) -> Pen | None:
        """Return the pen, taken up anew when another process has written meanwhile."""
        head = await self.store.head()
        pen = self._pen
        if pen is None or head < pen.size or not await asyncio.to_thread(self._is_ours, pen):
            pen = await asyncio.to_thread(Pen, self.shelf, self._keys())
            last = await self.store.read_stored(pen.size - 1, 1) if pen.size else ()
            refusal = pen.refusal(last[0].state if last else None, head)
            if refusal is not None:
                if self.refused != refusal:
                    log.error("the ledger is not signed any more", extra={"service": self.store.source})
                self.refused = refusal
                return None
        self.refused = None
        return pen

    async def _write(self, pen: Pen) -> bool:
        """Lay down and sign up to `MOST` facts; return whether there may be more."""
        begun = pen.size
        while pen.size - begun < MOST:
            batch = await self.store.read_stored(pen.size, BATCH)
            if not batch:
                break
            _demand_dense(batch, pen.size)
            await asyncio.to_thread(pen.lay, [one.state for one in batch])
        if pen.size > begun or pen.signed is None:
            await asyncio.to_thread(pen.sign)
        return pen.size - begun >= MOST

    def _is_ours(self, pen: Pen) -> bool:
        if pen.signed is None:
            return SIGNED not in self.shelf.paths()
        return self.shelf.read(SIGNED).startswith(pen.signed.text().encode())

    def _keys(self) -> Sequence[Signer]:
        before = self._aside()
        return self._signers(f"-{before + 1}" if before else "")

    def _aside(self) -> int:
        return len({path.split("/")[1] for path in self.shelf.paths() if path.startswith(f"{ASIDE}/")})


def _demand_dense(batch: Sequence[Stored], size: int) -> None:
    """A leaf's index is its fact's number in the record, less one: proofs are found by it, and no fact goes missing."""
    for number, one in enumerate(batch, start=size + 1):
        if one.position != number:
            raise CorruptRecordError(f"The record has no fact {number}: one was removed. Restore it from a back-up.")
