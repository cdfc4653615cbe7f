"""Cases found by when something is due in them: an index is read from its beginning, nothing is scanned."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from shared.documents.port import Collection, Condition, Documents, Query, Row
from shared.web.paging import Cursor

PAGE = 200


class DueRow(Row, kw_only=True, omit_defaults=True):
    """A row of something that is due in a case some time."""

    case_id: UUID | None = None


D = TypeVar("D", bound=DueRow)


async def due_in(
    documents: Documents, collection: Collection[D], column: str, now: datetime
) -> AsyncIterator[Sequence[UUID]]:
    """Yield the cases of all tenants, the oldest due first, whose time in `column` has passed."""
    after: Cursor | None = None
    while True:
        query = Query((Condition(column, "lt", now),), sort=column, after=after, limit=PAGE)
        page = await documents.find(collection, query)
        if page.rows:
            yield [row.case_id for row in page.rows if row.case_id is not None]
        if (after := page.next) is None:
            return
