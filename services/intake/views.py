"""What intake's views and streams answer."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import msgspec

from services.intake.domain import DismissReason
from services.intake.domain.subjects import subject_stream
from shared.documents.port import Collection, Condition, Documents, Page, Query, Row
from shared.errors import NotFoundError
from shared.events.envelope import Recorded
from shared.events.intake import MessageFieldsViewed, MessageFiled, MessageReceived, ReportMessageAdded, ReportOpened
from shared.events.privacy import Purpose
from shared.eventstore.store import EventStore
from shared.policy import Retention
from shared.privacy.reading import Asked, Part, Reading, Say
from shared.vault.sealing import Place, place_of
from shared.web.paging import Cursor


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

    async def ripe(self, retention: Retention, now: datetime) -> AsyncIterator[tuple[UUID, Sequence[UUID]]]:
        """Yield persons with their reports, where all of these were decided on and kept long enough."""
        kinds = [Condition("dismissed_because", "eq", reason) for reason in get_args(DismissReason)]
        for kind in (*kinds, Condition("state", "eq", "linked")):
            conditions = (kind, Condition("retained", "eq", True), Condition("last_message_at", "lt", now))
            after: Cursor | None = None
            while True:
                page = await self._documents.find(REPORTS, Query(conditions, sort="last_message_at", after=after))
                over = (row.subject for row in page.rows if _kept_long_enough(row, retention, now))
                for subject in dict.fromkeys(over):
                    if subject is not None and (ripe := await self._all_ripe(subject, retention, now)):
                        yield subject, ripe
                if (after := page.next) is None:
                    break

    async def _all_ripe(self, subject: UUID, retention: Retention, now: datetime) -> Sequence[UUID]:
        query = Query((Condition("subject", "eq", subject),), sort="opened_at", limit=200)
        rows = (await self._documents.find(REPORTS, query)).rows
        over = [row for row in rows if not row.retained or _kept_long_enough(row, retention, now)]
        return [row.id for row in over if row.retained] if len(over) == len(rows) else []

    async def report(self, report_id: UUID, asked: Asked | None = None) -> dict[str, Any]:
        """Return a report with what its messages say; what is sealed is opened only for who asked."""
        row = await self._documents.get(REPORTS, report_id)
        if row is None:
            raise NotFoundError(f"There is no report with the id {report_id}.")
        facts = await self._store.stream(report_id)
        joined = [fact.event.message_id for fact in facts if isinstance(fact.event, ReportOpened | ReportMessageAdded)]
        first = [(await self._store.stream(message_id))[0] for message_id in joined]
        # In the order in which they were sent: the order in which they were filed may differ.
        first.sort(key=lambda fact: fact.envelope.occurred_at)
        parts = [Part(_said(one), _own_place(one)) for one in first]
        messages = await self._reading.shown(parts, facts[0].envelope.subject, asked, _viewed(report_id))
        return listed(row) | {"messages": messages}


def _kept_long_enough(row: ReportRow, retention: Retention, now: datetime) -> bool:
    if row.dismissed_because is not None:
        return row.last_message_at + retention.of_report(row.dismissed_because) <= now
    return row.state == "linked" and row.last_message_at + retention.of_case("default") <= now


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
