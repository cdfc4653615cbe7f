"""Bringing what waits in the spool onto the record, in the order in which it came."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from uuid import UUID

from services.intake.application.spool import Beside, Spool, Spooled
from shared.errors import CorruptRecordError, RedressError, TryLaterError
from shared.events.intake import MessageReceived
from shared.eventstore.context import CommandContext
from shared.supervision import Failure, attempt, attempt_async

Store = Callable[[MessageReceived, CommandContext], Awaitable[object]]
StoreBeside = Callable[[Beside, CommandContext], Awaitable[object]]

log = logging.getLogger("redress.intake.spool")


class Draining:
    """Empties the spool whenever the record can be written. Storing twice stores once: ids come from the messages."""

    def __init__(self, spool: Spool, store: Store, beside: StoreBeside | None = None) -> None:
        """`store` puts a message on the record, `beside` what is none; each may raise a `TryLaterError`."""
        self._spool = spool
        self._store = store
        self._beside = beside

    async def once(self) -> None:
        """Store what waits until the record is away again.

        One that fails while the next goes through is not waiting for the record: it is put aside.
        """
        failed: str | None = None
        for name in await asyncio.to_thread(self._spool.names):
            stored = await self._stored(name)
            if stored is None:
                continue
            if not stored:
                if failed is not None:
                    return
                failed = name
                continue
            await asyncio.to_thread(self._spool.done, name)
            if failed is not None:
                # The record may only have come back in between: what fails again is not waiting for it.
                if await self._stored(failed):
                    await asyncio.to_thread(self._spool.done, failed)
                else:
                    await self._put_aside(failed, "it fails while others are stored")
                failed = None

    async def _stored(self, name: str) -> bool | None:
        entry = await asyncio.to_thread(lambda: attempt(lambda: self._spool.read(name)))
        if isinstance(entry, Failure):
            if not isinstance(entry.error, RedressError):
                raise entry.error
            await self._put_aside(name, entry.cause)
            return None
        outcome = await attempt_async(lambda: self._put(entry))
        if not isinstance(outcome, Failure):
            return True
        if isinstance(outcome.error, RedressError) and not isinstance(outcome.error, TryLaterError):
            await self._put_aside(name, outcome.cause)
            return None
        return False

    async def _put(self, entry: Spooled) -> None:
        if entry.message is not None:
            await self._store(entry.message, _context(entry))
        elif entry.beside is not None and self._beside is not None:
            await self._beside(entry.beside, _context(entry))
        else:
            raise CorruptRecordError("A waiting entry holds nothing that could be stored here.")

    async def _put_aside(self, name: str, cause: str) -> None:
        log.error("a waiting message was put aside", extra={"entry": name, "error": cause})
        await asyncio.to_thread(self._spool.put_aside, name)


def _context(entry: Spooled) -> CommandContext:
    return CommandContext(
        actor=entry.actor,
        now=entry.now,
        correlation_id=UUID(entry.correlation_id),
        tenant=entry.tenant,
        occurred_at=entry.occurred_at,
        traceparent=entry.traceparent,
        subject=UUID(entry.subject) if entry.subject else None,
    )
