"""The lists: filtered, counted, newest first, paged by a cursor that stays valid while rows are written."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

import msgspec

from services.cases.domain.course import State
from services.cases.views.parties import Company
from services.cases.views.queues import Queue, in_queue
from services.cases.views.rows import CASES, ORGANISATIONS, CaseRow, OrganisationRow
from shared.documents.port import Condition, Demand, Documents, Query
from shared.events.cases import CloseReason, OrganisationKind
from shared.policy import Policy, Retention
from shared.reaching import of_tenant, within_reach
from shared.rights import Caller, Role
from shared.web.paging import Cursor, page_answer, read_page

_HIDDEN = (
    "id",
    "tenant",
    "course",
    "text",
    "due_by",
    "retained",
    "consents",
    "shared_with",
    "kept_out",
    "queues",
    "tasks",
    "task_of",
    "names",
    "crew",
    "opened_with",
    "resting",
)
_SHARED = ("number", "state", "version", "severity", "issues", "level", "country", "opened_at", "closed_at")
"""What a partner sees of a case in a list."""


class CaseFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases: every filter that is given must hold. `opened_to` is the first moment that is too late."""

    state: State | None = None
    severity: str | None = None
    issue: str | None = None
    respondent: UUID | None = None
    assignee: str | None = None
    country: str | None = None
    channel: str | None = None
    overdue: bool | None = None
    queue: Queue | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    text: str | None = None


class OrganisationFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which organisations."""

    kind: OrganisationKind | None = None
    country: str | None = None
    supplies: UUID | None = None
    recruits_for: UUID | None = None
    merged: bool = False
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """Answers questions about many cases or organisations from the rows."""

    documents: Documents
    policy: Policy

    async def cases(
        self, caller: Caller, filters: CaseFilters, now: datetime, limit: int, after: str | None
    ) -> dict[str, object]:
        """Return a page of the cases that the caller may know of, and how many there are in all."""
        conditions: tuple[Demand, ...] = (
            *within_reach(caller, self.policy.restricted.readers),
            *_case_conditions(filters, caller, now),
        )
        if filters.respondent is not None:
            company = Company(self.documents, self.policy)
            conditions = (*conditions, await company.names_any(caller, filters.respondent))
        query = Query(conditions, "opened_at", descending=True, limit=limit)
        page, total = await read_page(self.documents, CASES, query, after)
        shown = _shared if caller.role is Role.PARTNER else case_line
        return page_answer([shown(row, now) for row in page.rows], page.next, total)

    async def of_person(self, subject: UUID) -> Sequence[UUID]:
        """Return the cases of a person."""
        query = Query((Condition("subject", "eq", subject),), sort="opened_at", limit=200)
        return [row.id for row in (await self.documents.find(CASES, query)).rows]

    async def ripe(self, retention: Retention, now: datetime) -> AsyncIterator[Sequence[UUID]]:
        """Yield all cases of one person after another, of whom every case was kept long enough; of all tenants."""
        for reason in get_args(CloseReason):
            past = Condition("closed_at", "lt", now - retention.of_case(reason))
            conditions = (Condition("close_reason", "eq", reason), Condition("retained", "eq", value=True), past)
            after: Cursor | None = None
            while True:
                page = await self.documents.find(CASES, Query(conditions, sort="closed_at", after=after))
                for subject in dict.fromkeys(row.subject for row in page.rows):
                    if subject is not None and (ripe := await self._all_ripe(subject, retention, now)):
                        yield ripe
                if (after := page.next) is None:
                    break

    async def _all_ripe(self, subject: UUID, retention: Retention, now: datetime) -> Sequence[UUID]:
        rows = (await self.documents.find(CASES, Query((Condition("subject", "eq", subject),), limit=200))).rows
        over = [row for row in rows if _kept_long_enough(row, retention, now)]
        return [row.id for row in over if row.retained] if len(over) == len(rows) else []

    async def merged_into(self, caller: Caller, organisation_id: UUID) -> Sequence[UUID]:
        """Return every organisation that is shown under this one."""
        return await Company(self.documents, self.policy).merged_into(caller, organisation_id)

    async def organisations(
        self, caller: Caller, filters: OrganisationFilters, limit: int, after: str | None
    ) -> dict[str, object]:
        """Return a page of the tenant's organisations and how many there are in all."""
        conditions = (of_tenant(caller), *_organisation_conditions(filters))
        query = Query(conditions, "registered_at", descending=True, limit=limit)
        page, total = await read_page(self.documents, ORGANISATIONS, query, after)
        return page_answer([_organisation(row) for row in page.rows], page.next, total)


def _case_conditions(filters: CaseFilters, caller: Caller, now: datetime) -> Iterator[Condition]:
    for field in ("state", "severity", "assignee", "country", "channel"):
        if (value := getattr(filters, field)) is not None:
            yield Condition(field, "eq", value)
    if filters.issue is not None:
        yield Condition("issues", "has", filters.issue)
    if filters.overdue is not None:
        yield Condition("due_by", "lt" if filters.overdue else "gte", now)
    if filters.queue is not None:
        yield from in_queue(filters.queue, caller, now)
    if filters.opened_from is not None:
        yield Condition("opened_at", "gte", filters.opened_from)
    if filters.opened_to is not None:
        yield Condition("opened_at", "lt", filters.opened_to)
    if filters.text is not None:
        yield Condition("text", "text", filters.text)


def _kept_long_enough(row: CaseRow, retention: Retention, now: datetime) -> bool:
    if row.closed_at is None or row.close_reason is None:
        return False
    return row.closed_at + retention.of_case(row.close_reason) <= now


def _organisation_conditions(filters: OrganisationFilters) -> Iterator[Condition]:
    if filters.kind is not None:
        yield Condition("kind", "eq", filters.kind)
    if filters.country is not None:
        yield Condition("country", "eq", filters.country)
    if filters.text is not None:
        yield Condition("names", "text", filters.text)
    if filters.supplies is not None:
        yield Condition("supplies", "has", str(filters.supplies))
    if filters.recruits_for is not None:
        yield Condition("recruits_for", "has", str(filters.recruits_for))
    if not filters.merged:
        yield Condition("merged_into", "eq", None)


def case_line(row: CaseRow, now: datetime) -> dict[str, object]:
    """Return a row as the list shows it to staff."""
    shown = {name: value for name, value in msgspec.structs.asdict(row).items() if name not in _HIDDEN}
    return {"case_id": row.id, **shown, "overdue": row.due_by < now}


def _shared(row: CaseRow, _now: datetime) -> dict[str, object]:
    return {"case_id": row.id, **{name: getattr(row, name) for name in _SHARED}}


def _organisation(row: OrganisationRow) -> dict[str, object]:
    shown = {name: value for name, value in msgspec.structs.asdict(row).items() if name not in _HIDDEN}
    return {"organisation_id": row.id, **shown}
