"""What intake's views and streams answer."""

from collections.abc import AsyncIterator, Callable, Container, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import msgspec

from services.intake.domain import DismissReason
from services.intake.domain.subjects import subject_stream
from shared.documents.port import Among, AnyOf, Collection, Condition, Demand, Documents, Page, Query, Row
from shared.errors import NotFoundError
from shared.events.arrivals import MessageEdited, MessageWithdrawn, changes_of
from shared.events.attachments import attachment_id
from shared.events.envelope import Recorded
from shared.events.intake import MessageFieldsViewed, MessageFiled, MessageReceived, ReportMessageAdded, ReportOpened
from shared.events.privacy import Purpose
from shared.events.reports import ReplyAdded
from shared.eventstore.store import EventStore
from shared.policy import Retention
from shared.privacy.reading import Asked, Part, Reading, Say
from shared.reaching import CASE_REACH, of_reached_case, of_tenant
from shared.reaching import within_reach as case_within_reach
from shared.rights import Caller, Role, Scope
from shared.vault import tokens
from shared.vault.sealing import Place, place_of
from shared.web.paging import Cursor, read_page


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
    restricted: bool = False
    decided_by: str | None = None
    decided_team: str | None = None
    waiting_since: datetime | None = None
    suggested: tuple[str, ...] = ()
    suggested_severity: str | None = None
    danger_now: bool = False
    merged_into: UUID | None = None
    joined: tuple[UUID, ...] = ()


_HIDDEN = {"tenant", "retained", "decided_by", "decided_team"}

REPORTS = Collection(
    "reports",
    5,
    ReportRow,
    columns=(
        *("state", "channel", "account", "language", "country", "opened_at", "case_id", "waiting_since", "danger_now"),
        *("subject", "retained", "dismissed_because", "last_message_at"),
    ),
    order="opened_at",
    carried=("restricted", "decided_by", "decided_team"),
    across=("subject", "dismissed_because", "last_message_at"),
)


def listed(row: ReportRow) -> dict[str, Any]:
    """Return a report as lists show it."""
    members: dict[str, Any] = msgspec.to_builtins(row)
    return {"report_id": members.pop("id")} | {name: members[name] for name in members if name not in _HIDDEN}


def within_reach(caller: Caller, readers: Container[str]) -> tuple[Demand, ...]:
    """Return the demands that a report meets when the caller may know of it.

    The open ones are everybody's inbox, within the key's channels and but for restricted kinds; one that became part
    of a case is known to whoever may know of the case.
    """
    decided = (Condition("decided_by", "eq", caller.id),)
    demands: list[Demand] = [of_tenant(caller), of_reached_case(caller, readers)]
    if caller.channels is not None:
        demands.append(Condition("channel", "in", caller.channels))
    if caller.role not in readers:
        handled = Among(CASE_REACH, (Condition("assignee", "eq", caller.id),))
        free = (Condition("restricted", "eq", value=False),)
        demands.append(AnyOf((free, decided, (Condition("case_id", "among", handled),))))
    if caller.scope is not Scope.ALL:
        reached = (Condition("case_id", "among", Among(CASE_REACH, case_within_reach(caller, readers))),)
        team = ((Condition("decided_team", "eq", caller.team),),) if caller.scope is Scope.TEAM and caller.team else ()
        demands.append(AnyOf(((Condition("state", "eq", "open"),), decided, reached, *team)))
    return tuple(demands)


class IntakeViews:
    """The read side of intake."""

    def __init__(
        self,
        store: EventStore,
        documents: Documents,
        receipt: Callable[[UUID], str],
        reading: Reading,
        readers: Container[str],
    ) -> None:
        """Answer from rows and streams; `receipt` makes a sender's receipt, `readers` read of restricted issues."""
        self._reading = reading
        self._store = store
        self._documents = documents
        self._receipt = receipt
        self._readers = readers

    async def message(self, caller: Caller, message_id: UUID) -> dict[str, Any]:
        """Return what a channel may see of a message: where it went, not what it says."""
        facts = await self._store.stream(message_id)
        received = facts[0].event if facts and facts[0].envelope.tenant == caller.tenant else None
        limited = caller.channels
        if not isinstance(received, MessageReceived) or (limited is not None and received.channel not in limited):
            raise NotFoundError(f"There is no message with the id {message_id}.")
        filed = next((fact.event.report_id for fact in facts if isinstance(fact.event, MessageFiled)), None)
        return {
            "message_id": message_id,
            "receipt": self._receipt(message_id),
            "channel": received.channel,
            "account": received.account,
            "external_id": self._own_id(caller, received, facts[0]),
            "occurred_at": facts[0].envelope.occurred_at,
            "received_at": facts[0].envelope.recorded_at,
            "report_id": filed,
        }

    def _own_id(self, caller: Caller, received: MessageReceived, fact: Recorded) -> str:
        """Some providers make their ids of phone numbers: the channel that gave it reads it, nobody else."""
        if caller.role is not Role.CHANNEL:
            return tokens.MASK
        return self._reading.plain(received.external_id, _own_place(fact), "external_id")

    async def reports(self, caller: Caller, asked: Query, after: str | None) -> tuple[Page[ReportRow], int]:
        """Return a page of the reports that the caller may know of, and how many there are in all."""
        query = replace(asked, conditions=(*within_reach(caller, self._readers), *asked.conditions))
        return await read_page(self._documents, REPORTS, query, after)

    async def demand_known(self, caller: Caller, report_id: UUID) -> None:
        """Pass when the caller may know of the report, or raise a `NotFoundError`."""
        wanted = (Condition("id", "eq", report_id), *within_reach(caller, self._readers))
        if not await self._documents.count(REPORTS, wanted):
            raise NotFoundError(f"There is no report with the id {report_id}.")

    async def streams_of(self, subject: UUID) -> Sequence[UUID]:
        """Return the streams that speak of a person: their reports, the messages in them, and their own."""
        streams = [subject_stream(subject)]
        query = Query((Condition("subject", "eq", subject),), sort="opened_at", limit=200)
        for row in (await self._documents.find(REPORTS, query)).rows:
            facts = await self._store.stream(row.id)
            joined = (fact.event for fact in facts if isinstance(fact.event, ReportOpened | ReportMessageAdded))
            for event in joined:
                streams += [event.message_id, changes_of(event.message_id)]
            streams.append(row.id)
        return streams

    async def ripe(self, retention: Retention, now: datetime) -> AsyncIterator[tuple[UUID, Sequence[UUID]]]:
        """Yield persons with their reports, where all of these were decided on and kept long enough; of all tenants."""
        kinds = [Condition("dismissed_because", "eq", reason) for reason in get_args(DismissReason)]
        for kind in (*kinds, Condition("state", "eq", "linked")):
            conditions = (kind, Condition("retained", "eq", value=True), Condition("last_message_at", "lt", now))
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

    async def report(self, caller: Caller, report_id: UUID, asked: Asked | None = None) -> dict[str, Any]:
        """Return a report with what its messages say; what is sealed is opened only for who asked."""
        wanted = Query((Condition("id", "eq", report_id), *within_reach(caller, self._readers)), limit=1)
        row = next(iter((await self._documents.find(REPORTS, wanted)).rows), None)
        if row is None:
            raise NotFoundError(f"There is no report with the id {report_id}.")
        facts = await self._store.stream(report_id)
        joined = [fact.event.message_id for fact in facts if isinstance(fact.event, ReportOpened | ReportMessageAdded)]
        first = [(await self._store.stream(message_id))[0] for message_id in joined]
        # In the order in which they were sent: the order in which they were filed may differ.
        first.sort(key=lambda fact: fact.envelope.occurred_at)
        parts = [Part(_said(one), _own_place(one)) for one in first]
        written = [fact for fact in facts if isinstance(fact.event, ReplyAdded)]
        parts += [Part(_reply(fact), _own_place(fact)) for fact in written]
        after = [fact for message_id in joined for fact in await self._store.stream(changes_of(message_id))]
        parts += [Part(_changed(fact), _own_place(fact)) for fact in after]
        shown = await self._reading.shown(parts, facts[0].envelope.subject, asked, _viewed(report_id))
        replies, changes = shown[len(first) : len(first) + len(written)], shown[len(first) + len(written) :]
        return listed(row) | {
            "messages": shown[: len(first)],
            "replies": replies,
            "changes": changes,
            "attachments": [
                attachment_id(fact.envelope.stream_id, place)
                for fact in first
                if isinstance(fact.event, MessageReceived)
                for place in range(len(fact.event.attachments))
            ],
        }


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
        "original": message.original,
        "hints": message.hints,
        "grievance": message.grievance,
    }


def _changed(fact: Recorded) -> dict[str, Any]:
    change, about = fact.event, {"occurred_at": fact.envelope.occurred_at}
    if isinstance(change, MessageEdited):
        return about | {"message_id": change.message_id, "change": "edited", "text": change.text}
    if isinstance(change, MessageWithdrawn):
        return about | {"message_id": change.message_id, "change": "withdrawn"}
    raise TypeError("only edits and withdrawals are shown as changes")


def _reply(fact: Recorded) -> dict[str, Any]:
    written = fact.event
    if not isinstance(written, ReplyAdded):
        raise TypeError("only a reply is shown as one")
    head = fact.envelope
    return {"occurred_at": head.occurred_at, "by": head.actor.id, "language": written.language, "text": written.text}
