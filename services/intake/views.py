"""What intake's views and streams answer."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.intake.domain.subjects import subject_stream
from shared.documents.port import Collection, Condition, Documents, Page, Query, Row
from shared.errors import NotFoundError
from shared.events.envelope import Recorded
from shared.events.intake import MessageFieldsViewed, MessageFiled, MessageReceived, ReportMessageAdded, ReportOpened
from shared.events.privacy import Purpose
from shared.eventstore.store import EventStore
from shared.privacy.reading import Asked, Part, Reading, Say
from shared.vault.sealing import Place, place_of


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
    subject: UUID | None = None
    retained: bool = True


REPORTS = Collection(
    "reports",
    2,
    ReportRow,
    columns=(
        *("state", "channel", "account", "language", "country", "opened_at", "case_id"),
        *("subject", "retained", "dismissed_because", "last_message_at"),
    ),
    order="opened_at",
)


def listed(row: ReportRow) -> dict[str, Any]:
    """Return a report as lists show it."""
    members: dict[str, Any] = msgspec.to_builtins(row)
    del members["retained"]
    return {"report_id": members.pop("id")} | members


class IntakeViews:
    """The read side of intake."""

    def __init__(
        self, store: EventStore, documents: Documents, receipt: Callable[[UUID], str], reading: Reading
    ) -> None:
        """Answer from the rows of reports and from the streams of messages; `receipt` makes a sender's receipt."""
        self._reading = reading
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
            "external_id": self._reading.plain(received.external_id, _own_place(facts[0]), "external_id"),
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

    async def streams_of(self, subject: UUID) -> Sequence[UUID]:
        """Return the streams that speak of a person: their reports, the messages in them, and their own."""
        streams = [subject_stream(subject)]
        query = Query((Condition("subject", "eq", subject),), sort="opened_at", limit=200)
        for row in (await self._documents.find(REPORTS, query)).rows:
            facts = await self._store.stream(row.id)
            joined = (fact.event for fact in facts if isinstance(fact.event, ReportOpened | ReportMessageAdded))
            streams += [row.id, *(event.message_id for event in joined)]
        return streams

    async def report(self, report_id: UUID, asked: Asked | None = None) -> dict[str, Any]:
        """Return a report with what its messages say; what is sealed is opened only for who asked."""
        row = await self._documents.get(REPORTS, report_id)
        if row is None:
            raise NotFoundError(f"There is no report with the id {report_id}.")
        facts = await self._store.stream(report_id)
        joined = [fact.event.message_id for fact in facts if isinstance(fact.event, ReportOpened | ReportMessageAdded)]
        first = [(await self._store.stream(message_id))[0] for message_id in joined]
        parts = [Part(_said(one), _own_place(one)) for one in first]
        messages = await self._reading.shown(parts, facts[0].envelope.subject, asked, _viewed(report_id))
        return listed(row) | {"messages": messages}


def _own_place(fact: Recorded) -> Place:
    head = fact.envelope
    return place_of({head.subject}, head.stream_id, head.stream_version)


def viewed_themselves(subject: UUID, purpose: Purpose, fields: tuple[str, ...]) -> MessageFieldsViewed:
    """Say that a person was shown what is kept of them here."""
    return MessageFieldsViewed(subject=subject, purpose=purpose, record="report", record_id=subject, fields=fields)


def _viewed(report_id: UUID) -> Say:
    return lambda subject, purpose, fields: MessageFieldsViewed(
        subject=subject, purpose=purpose, record="report", record_id=report_id, fields=fields
    )


def _said(first: Recorded) -> dict[str, Any]:
    message = first.event
    if not isinstance(message, MessageReceived):
        raise TypeError("a message begins with message-received")
    return {
        "message_id": first.envelope.stream_id,
        "occurred_at": first.envelope.occurred_at,
        "sender": message.sender,
        "language": message.language,
        "text": message.text,
        "grievance": message.grievance,
    }
