"""What every way out promises."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from services.notify.domain import Outcome


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One text on its way to one address. `id` is the notification's, the same at every attempt."""

    id: UUID
    address: str
    language: str
    subject: str
    body: str
    queued_at: datetime
    is_in_conversation: bool = False
    """Whether the person wrote on this channel within the last 24 hours, after which some providers take templates."""


class Channel(Protocol):
    """A way to reach somebody outside."""

    async def deliver(self, letter: Letter) -> Outcome:
        """Hand the letter over once, within a bounded time, and say what became of it; never raises for that.

        The cause of a failure is a class such as `smtp-4xx`, never an address or what the other side wrote.
        """
        ...
