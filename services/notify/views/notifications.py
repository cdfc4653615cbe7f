"""What the read model answers: which notifications there are, how far each is, and which are due."""

from collections.abc import AsyncIterator, Container, Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

import msgspec

from shared.documents.port import Collection, Condition, Demand, Documents, Page, Query, Row
from shared.errors import NotFoundError
from shared.events.envelope import Instant
from shared.events.notify import Audience, Occasion
from shared.events.values import ContactChannel
from shared.reaching import of_reached_case, of_tenant
from shared.rights import Caller
from shared.web.paging import Cursor, read_page

_BEGINNING = datetime.min.replace(tzinfo=UTC)

State = Literal["queued", "retrying", "sent", "delivered", "read", "undelivered", "failed", "suppressed"]


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try: `cause` says which class of failure it was, None for the one that went out."""

    attempt: int
    at: Instant
    cause: str | None = None
    retry_at: Instant | None = None
    channel_reference: str | None = None


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A way that was left for the next one, and why."""

    channel: ContactChannel | None
    at: Instant
    reason: str


class NotificationRow(Row, kw_only=True):
    """One notification. The address is kept masked; `due_at` is the time of the next attempt, if there is to be one.

    `turn_at` orders what one recipient is told; `person`: somebody of the office has to see to it; `may_repeat`: a
    crash may have sent it twice; `left` are the ways before this one.
    """

    case_id: UUID
    occasion: Occasion
    audience: Audience
    state: State
    created_at: Instant
    due_at: Instant | None = None
    channel: ContactChannel | None = None
    address: str | None = None
    language: str | None = None
    template: str | None = None
    subject: str | None = None
    reason: str | None = None
    recipient_id: UUID | None = None
    turn_at: Instant | None = None
    may_repeat: bool = False
    person: bool = False
    seen_to: str | None = None
    attempts: tuple[Attempt, ...] = ()
    left: tuple[Left, ...] = ()


NOTIFICATIONS = Collection(
    name="notifications",
    version=5,
    row=NotificationRow,
    columns=(
        "case_id",
        "state",
        "audience",
        "occasion",
        "channel",
        "created_at",
        "due_at",
        "recipient_id",
        "turn_at",
        "person",
    ),
    order="created_at",
    across=("due_at",),
)


class NotificationViews:
    """Reads the view of notifications."""

    def __init__(self, documents: Documents, readers: Container[str]) -> None:
        """Take the store of the read model, and the roles that read of restricted issues."""
        self._documents = documents
        self._readers = readers

    async def page(
        self, caller: Caller, asked: Sequence[Condition], *, after: str | None, limit: int
    ) -> tuple[Page[NotificationRow], int]:
        """Return notifications of cases that the caller may know of, newest first, and how many there are in all."""
        conditions: tuple[Demand, ...] = (of_tenant(caller), of_reached_case(caller, self._readers), *asked)
        query = Query(conditions, sort="created_at", descending=True, limit=limit)
        return await read_page(self._documents, NOTIFICATIONS, query, after)

    async def one(self, caller: Caller, notification_id: UUID) -> NotificationRow:
        """Return a notification, or raise `NotFoundError`."""
        wanted = Condition("id", "eq", notification_id)
        query = Query((wanted, of_tenant(caller), of_reached_case(caller, self._readers)), limit=1)
        row = next(iter((await self._documents.find(NOTIFICATIONS, query)).rows), None)
        if row is None:
            raise NotFoundError(f"There is no notification with the id {notification_id}.")
        return row

    async def due(self, now: datetime, limit: int) -> AsyncIterator[Sequence[UUID]]:
        """Yield pages of what seems due, longest due first, each row at most once and none before its turn."""
        conditions = (Condition("due_at", "lt", now + datetime.resolution),)
        after: Cursor | None = None
        while True:
            query = Query(conditions, sort="due_at", after=after, limit=limit)
            found = await self._documents.find(NOTIFICATIONS, query)
            yield [row.id for row in found.rows if await self._has_turn(row)]
            if found.next is None:
                return
            after = found.next

    async def _has_turn(self, row: NotificationRow) -> bool:
        """Whether nothing that the same recipient is told before this still waits."""
        if row.recipient_id is None or row.turn_at is None:
            return True
        before = (
            Condition("recipient_id", "eq", row.recipient_id),
            Condition("tenant", "eq", row.tenant),
            Condition("turn_at", "lt", row.turn_at),
            Condition("due_at", "gte", _BEGINNING),
        )
        return not (await self._documents.find(NOTIFICATIONS, Query(before, limit=1))).rows
