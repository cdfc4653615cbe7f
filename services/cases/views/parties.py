"""Organisations in their company: what was merged into one, its rate of cases, and what workers say of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.cases.domain.organisations import Site
from services.cases.domain.parties import mean_headcount
from services.cases.views.rows import CASES, NEVER, ORGANISATIONS
from shared.documents.port import AnyOf, Collection, Condition, Demand, Documents, Query, Row
from shared.events.envelope import Instant
from shared.policy import Policy
from shared.reaching import of_tenant, within_reach
from shared.rights import Caller
from shared.web.paging import Cursor, page_answer, read_page

SMALL = 10
"""Fewer reviews than this are not told: their writers could be guessed."""
PER = 1000

_LIMIT = 200


class ReviewRow(Row, kw_only=True, omit_defaults=True):
    """One worker's review of one organisation, without what they wrote."""

    organisation_id: UUID | None = None
    status: str = "waiting"
    stars: Mapping[str, int] = {}
    channel: str = ""
    received_at: Instant = NEVER


REVIEWS: Collection[ReviewRow] = Collection(
    "reviews", 1, ReviewRow, columns=("organisation_id", "status", "received_at"), order="received_at"
)


@dataclass(frozen=True, slots=True)
class Company:
    """Answers questions about organisations that one record alone does not answer."""

    documents: Documents
    policy: Policy

    async def merged_into(self, caller: Caller, organisation_id: UUID) -> Sequence[UUID]:
        """Return every organisation that is shown under this one, those merged into a merged one included."""
        found: list[UUID] = []
        waiting = [organisation_id]
        while waiting:
            survivor = waiting.pop()
            demands = (of_tenant(caller), Condition("merged_into", "eq", survivor))
            rows = (await self.documents.find(ORGANISATIONS, Query(demands, limit=_LIMIT))).rows
            fresh = [row.id for row in rows if row.id not in {*found, organisation_id}]
            found += fresh
            waiting += fresh
        return sorted(found)

    async def names_any(self, caller: Caller, organisation_id: UUID) -> AnyOf:
        """Return the demand that a case names the organisation, or one that is shown under it."""
        ids = (organisation_id, *await self.merged_into(caller, organisation_id))
        return AnyOf(tuple((Condition("respondents", "has", str(one)),) for one in ids))

    async def rate(
        self, caller: Caller, organisation_id: UUID, sites: Sequence[Site], since: datetime, until: datetime
    ) -> dict[str, object]:
        """Return the cases opened in a time, as far as the caller reaches, per 1,000 workers of an average day."""
        conditions: list[Demand] = [
            *within_reach(caller, self.policy.restricted.readers),
            await self.names_any(caller, organisation_id),
            Condition("opened_at", "gte", since),
            Condition("opened_at", "lt", until),
        ]
        cases = await self.documents.count(CASES, conditions)
        workers = mean_headcount(sites, since, until)
        return {
            "cases": cases,
            "mean_headcount": None if workers is None else round(workers, 2),
            "per_1000_workers": round(cases * PER / workers, 3) if workers else None,
            "opened_from": since,
            "opened_to": until,
        }

    async def reviews_of(self, caller: Caller, organisation_id: UUID) -> dict[str, object]:
        """Return how many approved reviews there are and their mean stars, both only from the small number on."""
        ids = (organisation_id, *await self.merged_into(caller, organisation_id))
        rows = [row for one in ids for row in await self._approved(caller, one)]
        if len(rows) < SMALL:
            return {"organisation_id": organisation_id, "published": False, "from": SMALL, "reviews": None, "stars": {}}
        aspects = sorted({aspect for row in rows for aspect in row.stars})
        stars = {aspect: _mean(row.stars[aspect] for row in rows if aspect in row.stars) for aspect in aspects}
        told = {aspect: mean for aspect, mean in stars.items() if mean is not None}
        return {
            "organisation_id": organisation_id,
            "published": True,
            "from": SMALL,
            "reviews": len(rows),
            "stars": told,
        }

    async def reviews(self, caller: Caller, status: str, limit: int, after: str | None) -> dict[str, object]:
        """Return a page of the reviews of the tenant in this state, the newest first."""
        demands = (of_tenant(caller), Condition("status", "eq", status))
        query = Query(demands, "received_at", descending=True, limit=limit)
        page, total = await read_page(self.documents, REVIEWS, query, after)
        items = [
            {
                "review_id": row.id,
                "organisation_id": row.organisation_id,
                "status": row.status,
                "stars": row.stars,
                "channel": row.channel,
                "received_at": row.received_at,
            }
            for row in page.rows
        ]
        return page_answer(items, page.next, total)

    async def _approved(self, caller: Caller, organisation_id: UUID) -> Sequence[ReviewRow]:
        demands = (
            of_tenant(caller),
            Condition("organisation_id", "eq", organisation_id),
            Condition("status", "eq", "approved"),
        )
        rows: list[ReviewRow] = []
        after: Cursor | None = None
        while True:
            page = await self.documents.find(REVIEWS, Query(demands, after=after, limit=_LIMIT))
            rows += page.rows
            if (after := page.next) is None:
                return rows


def _mean(values: Iterable[int]) -> float | None:
    """Return the mean of enough values, None of too few."""
    known = list(values)
    return round(sum(known) / len(known), 2) if len(known) >= SMALL else None
