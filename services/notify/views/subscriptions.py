"""What the read model answers of subscriptions: which there are, and which are due."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.documents.folding import Projection
from shared.documents.port import Collection, Condition, Documents, Query, Row
from shared.errors import PoisonError
from shared.events import subscribing as told
from shared.events.envelope import Instant, Recorded
from shared.rights import Caller, Role

MOST = 200


class SubscriptionRow(Row, kw_only=True):
    """One subscription; `taken` counts the facts that the other side took, repeats included."""

    role: str
    organisation: str | None
    types: tuple[str, ...]
    state: Literal["active", "retrying", "ended"]
    created_at: Instant
    due_at: Instant | None = None
    cursor: str | None = None
    taken: int = 0
    attempts: int = 0
    reason: str | None = None


SUBSCRIPTIONS = Collection(
    name="subscriptions",
    version=1,
    row=SubscriptionRow,
    columns=("role", "organisation", "created_at", "due_at"),
    order="created_at",
    across=("due_at",),
)


def fold(row: SubscriptionRow | None, recorded: Recorded) -> SubscriptionRow:
    """Take one more fact into the row."""
    at, event = recorded.envelope.recorded_at, recorded.event
    if isinstance(event, told.SubscriptionOpened):
        return SubscriptionRow(
            id=recorded.envelope.stream_id,
            role=event.role,
            organisation=event.organisation,
            types=event.types,
            state="active",
            created_at=at,
            due_at=at,
            cursor=event.cursor,
        )
    if row is None:
        raise PoisonError(f"{recorded.envelope.type} does not follow in stream {recorded.envelope.stream_id}.")
    match event:
        case told.SubscriptionAdvanced(cursor=cursor, taken=taken):
            row.state, row.due_at, row.cursor, row.attempts, row.reason = "active", at, cursor, 0, None
            row.taken += taken
        case told.SubscriptionMoved(cursor=cursor):
            row.state, row.due_at, row.cursor, row.attempts, row.reason = "active", at, cursor, 0, None
        case told.SubscriptionFailed() as failed:
            row.state, row.due_at, row.attempts, row.reason = "retrying", failed.retry_at, failed.attempt, failed.cause
        case told.SubscriptionEnded(reason=reason):
            row.state, row.due_at, row.reason = "ended", None, reason
        case _:
            pass
    return row


SUBSCRIPTION_VIEW = Projection(collection=SUBSCRIPTIONS, source="notify", stream=told.SUBSCRIPTION, fold=fold)


class SubscriptionViews:
    """Reads the view of subscriptions."""

    def __init__(self, documents: Documents) -> None:
        """Take the store of the read model."""
        self._documents = documents

    async def of(self, caller: Caller) -> Sequence[SubscriptionRow]:
        """Return the caller's, or for who administers the tenant all of it, newest first."""
        conditions = [Condition("tenant", "eq", caller.tenant)]
        if caller.role is not Role.ADMIN:
            conditions += [
                Condition("role", "eq", caller.role.value),
                Condition("organisation", "eq", caller.organisation or ""),
            ]
        query = Query(tuple(conditions), sort="created_at", descending=True, limit=MOST)
        return (await self._documents.find(SUBSCRIPTIONS, query)).rows

    async def due(self, now: datetime) -> Sequence[UUID]:
        """Return which are due, longest due first."""
        query = Query((Condition("due_at", "lt", now + datetime.resolution),), sort="due_at", limit=MOST)
        return [row.id for row in (await self._documents.find(SUBSCRIPTIONS, query)).rows]
