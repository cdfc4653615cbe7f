"""What intake's views and streams answer."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from shared.documents.port import Collection, Condition, Documents, Page, Query, Row
from shared.errors import NotFoundError
from shared.events.intake import MessageFiled, MessageReceived, ReportMessageAdded, ReportOpened
from shared.eventstore.store import EventStore


class ReportRow(Row, kw_only=True):
    """A report as lists show it; `version` is also its ETag."""

    state: str
    channel: str
    account: str
    opened_at: datetime
    last_message_at: datetime
    messages: int
    language: str | None = None
    country: str | None = None
    issues: tuple[str, ...] = ()
    case_id: UUID | None = None
    dismissed_because: str | None = None


REPORTS = Collection(
    "reports",
    1,
    ReportRow,
    columns=("state", "channel", "account", "language", "country", "opened_at", "case_id"),
    order="opened_at",
)


def listed(row: ReportRow) -> dict[str, Any]:
    """Return a report as lists show it."""
    members: dict[str, Any] = msgspec.to_builtins(row)
    return {"report_id": members.pop("id")} | members


class IntakeViews:
    """The read side of intake."""

    def __init__(self, store: EventStore, documents: Documents, receipt: Callable[[UUID], str]) -> None:
        """Answer from the rows of reports and from the streams of messages; `receipt` makes a sender's receipt."""
        self._store = store
        self._documents = documents
        self._receipt = receipt

    async def message(self, message_id: UUID) -> dict[str, Any]:
        """Return what a channel may see of a message: where it went, not what it says."""
        facts = await self._store.stream(message_id)
        received = facts[0].event if facts else None
        if not isinstance(received, MessageReceived):
            raise NotFoundError(f"There is no message with the id {message_id}.")
        filed = next((fact.event.report_id for fact in facts if isinstance(fact.event, MessageFiled)), None)
        return {
            "message_id": message_id,
            "receipt": self._receipt(message_id),
            "channel": received.channel,
            "account": received.account,
            "external_id": received.external_id,
            "occurred_at": facts[0].envelope.occurred_at,
            "received_at": facts[0].envelope.recorded_at,
            "report_id": filed,
        }

    async def reports(self, query: Query) -> tuple[Page[ReportRow], int]:
        """Return a page of reports and how many there are in all."""
        return await self._documents.find(REPORTS, query), await self.count(query.conditions)

    async def count(self, conditions: Sequence[Condition]) -> int:
        """Return how many reports meet the conditions."""
        return await self._documents.count(REPORTS, conditions)

    async def report(self, report_id: UUID) -> dict[str, Any]:
        """Return a report with what its messages say."""
        row = await self._documents.get(REPORTS, report_id)
        if row is None:
            raise NotFoundError(f"There is no report with the id {report_id}.")
        facts = await self._store.stream(report_id)
        joined = [fact.event.message_id for fact in facts if isinstance(fact.event, ReportOpened | ReportMessageAdded)]
        said = [await self._said(message_id) for message_id in joined]
        # In the order in which they were sent: the order in which they were filed may differ.
        return listed(row) | {"messages": sorted(said, key=lambda message: message["occurred_at"])}

    async def _said(self, message_id: UUID) -> dict[str, Any]:
        first = (await self._store.stream(message_id))[0]
        message = first.event
        if not isinstance(message, MessageReceived):
            raise TypeError("a message begins with message-received")
        return {
            "message_id": message_id,
            "occurred_at": first.envelope.occurred_at,
            "sender": message.sender,
            "language": message.language,
            "text": message.text,
            "grievance": message.grievance,
        }
