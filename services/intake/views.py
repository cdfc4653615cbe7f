"""What intake's views and streams answer."""

from collections.abc import Callable, Container
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from shared.documents.port import Among, AnyOf, Collection, Condition, Demand, Documents, Page, Query, Row
from shared.errors import NotFoundError
from shared.events.intake import MessageFiled, MessageReceived, ReportMessageAdded, ReportOpened
from shared.eventstore.store import EventStore
from shared.reaching import CASE_REACH, of_reached_case, of_tenant
from shared.reaching import within_reach as case_within_reach
from shared.rights import Caller, Scope


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
    restricted: bool = False
    decided_by: str | None = None
    decided_team: str | None = None


_HIDDEN = {"tenant", "decided_by", "decided_team"}

REPORTS = Collection(
    "reports",
    2,
    ReportRow,
    columns=("state", "channel", "account", "language", "country", "opened_at", "case_id"),
    order="opened_at",
    carried=("restricted", "decided_by", "decided_team"),
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
        self, store: EventStore, documents: Documents, receipt: Callable[[UUID], str], readers: Container[str]
    ) -> None:
        """Answer from rows and streams; `receipt` makes a sender's receipt, `readers` read of restricted issues."""
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
            "external_id": received.external_id,
            "occurred_at": facts[0].envelope.occurred_at,
            "received_at": facts[0].envelope.recorded_at,
            "report_id": filed,
        }

    async def reports(self, caller: Caller, asked: Query) -> tuple[Page[ReportRow], int]:
        """Return a page of the reports that the caller may know of, and how many there are in all."""
        query = replace(asked, conditions=(*within_reach(caller, self._readers), *asked.conditions))
        page = await self._documents.find(REPORTS, query)
        return page, await self._documents.count(REPORTS, query.conditions)

    async def report(self, caller: Caller, report_id: UUID) -> dict[str, Any]:
        """Return a report with what its messages say."""
        wanted = Query((Condition("id", "eq", report_id), *within_reach(caller, self._readers)), limit=1)
        row = next(iter((await self._documents.find(REPORTS, wanted)).rows), None)
        if row is None:
            raise NotFoundError(f"There is no report with the id {report_id}.")
        facts = await self._store.stream(report_id)
        joined = [fact.event.message_id for fact in facts if isinstance(fact.event, ReportOpened | ReportMessageAdded)]
        return listed(row) | {"messages": [await self._said(message_id) for message_id in joined]}

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
