"""Reports that may be about the same thing, on whatever channel they came: shown, never joined by themselves."""

from collections.abc import Container
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.intake.views.inbox import REPORTS, ReportRow, listed, within_reach
from shared.documents.port import Condition, Documents, Query
from shared.errors import NotFoundError
from shared.rights import Caller

AROUND = timedelta(days=7)
"""How far apart two reports of one thing may be opened."""
COMMON = 2
"""How many codes two reports must share, beside country and language, to be shown side by side."""
_MOST = 200


class AlikeViews:
    """Finds reports of the same person, or that speak of the same things at the same time, as far as one may know."""

    def __init__(self, documents: Documents, readers: Container[str]) -> None:
        """`readers` read of restricted issues."""
        self._documents = documents
        self._readers = readers

    async def alike(self, caller: Caller, report_id: UUID) -> list[dict[str, Any]]:
        """Return possible duplicates of a report, each with why; the newest first."""
        reached = within_reach(caller, self._readers)
        own = await self._documents.find(REPORTS, Query((*reached, Condition("id", "eq", report_id)), limit=1))
        if not own.rows:
            raise NotFoundError(f"There is no report with the id {report_id}.")
        row = own.rows[0]
        near = (
            Condition("opened_at", "gte", row.opened_at - AROUND),
            Condition("opened_at", "lt", row.opened_at + AROUND),
        )
        asked = Query((*reached, *near), sort="opened_at", descending=True, limit=_MOST)
        others = [one for one in (await self._documents.find(REPORTS, asked)).rows if one.id != report_id]
        found = ((one, because(row, one)) for one in others)
        return [listed(one) | {"because": reasons} for one, reasons in found if reasons]


def because(row: ReportRow, other: ReportRow) -> list[str]:
    """Return why two reports may be one: `same-person`, or the codes that both speak of."""
    if row.subject is not None and row.subject == other.subject:
        return ["same-person"]
    common = _codes(row) & _codes(other)
    differ = any(mine and theirs and mine != theirs for mine, theirs in ((row.country, other.country),))
    return sorted(common) if len(common) >= COMMON and not differ else []


def _codes(row: ReportRow) -> set[str]:
    return {*row.issues, *row.suggested}
