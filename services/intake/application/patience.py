"""How long a sender waits for the record before what they sent waits without them."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from shared.errors import TryLaterError

PATIENCE = 1.5
"""Seconds that a sender waits for the record: some providers hang up after two."""

Stored = TypeVar("Stored")


async def within_patience(storing: Coroutine[Any, Any, Stored]) -> Stored | None:
    """Return what was stored, or None when the record is away or slow. Stored later, it is stored once."""
    task = asyncio.ensure_future(storing)
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    if not done:
        task.add_done_callback(_forgotten)
        return None
    if isinstance(task.exception(), TryLaterError):
        return None
    return task.result()


def _forgotten(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
