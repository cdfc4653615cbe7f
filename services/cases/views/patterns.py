"""What keeps coming back, as rows; and the sightings of a while from which it is found."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.cases.domain.patterns import Sighting
from services.cases.views.rows import CASES, NEVER, ORGANISATIONS
from shared.documents.port import Collection, Condition, Documents, Query, Row
from shared.events.envelope import Instant
from shared.reaching import of_tenant
from shared.rights import Caller
from shared.web.paging import Cursor, page_answer, read_page

_LIMIT = 500


class PatternRow(Row, kw_only=True, omit_defaults=True):
    """One pattern as it was raised last, and how often it was."""

    kind: str = ""
    key: str = ""
    organisation_id: UUID | None = None
    cases: int = 0
    workers: int = 0
    since: Instant = NEVER
    raised_at: Instant = NEVER
    times: int = 0


PATTERNS: Collection[PatternRow] = Collection(
    "patterns", 1, PatternRow, columns=("kind", "organisation_id", "raised_at"), order="raised_at"
)


@dataclass(frozen=True, slots=True)
class Patterns:
    """Answers what keeps coming back."""

    documents: Documents

    async def listed(
        self, caller: Caller, kind: str | None, organisation_id: UUID | None, limit: int, after: str | None
    ) -> dict[str, object]:
        """Return a page of the tenant's patterns, the last raised first."""
        conditions = [of_tenant(caller)]
        if kind is not None:
            conditions.append(Condition("kind", "eq", kind))
        if organisation_id is not None:
            conditions.append(Condition("organisation_id", "eq", organisation_id))
        query = Query(tuple(conditions), "raised_at", descending=True, limit=limit)
        page, total = await read_page(self.documents, PATTERNS, query, after)
        items = [
            {
                "pattern_id": row.id,
                "kind": row.kind,
                "key": row.key,
                "organisation_id": row.organisation_id,
                "cases": row.cases,
                "workers": row.workers,
                "since": row.since,
                "raised_at": row.raised_at,
                "times": row.times,
            }
            for row in page.rows
        ]
        return page_answer(items, page.next, total)

    async def sightings(self, since: datetime) -> AsyncIterator[tuple[str, Sighting]]:
        """Yield tenant and sighting of every case opened since then that stands for itself; imported ones left out."""
        kinds: dict[str, str] = {}
        after: Cursor | None = None
        while True:
            query = Query((Condition("sighted_at", "gte", since),), sort="sighted_at", after=after, limit=_LIMIT)
            page = await self.documents.find(CASES, query)
            await self._learn(kinds, {one for row in page.rows for one in row.respondents})
            for row in page.rows:
                respondents = {one: kinds[one] for one in row.respondents if one in kinds}
                yield row.tenant, Sighting(row.workers, row.issues, row.site, respondents)
            if (after := page.next) is None:
                return

    async def _learn(self, kinds: dict[str, str], ids: set[str]) -> None:
        unknown = [UUID(one) for one in ids if one not in kinds]
        rows = await self.documents.load(ORGANISATIONS, unknown) if unknown else {}
        kinds.update({str(row_id): row.kind for row_id, row in rows.items()})
