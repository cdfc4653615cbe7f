"""What the office keeps, as it is offered: filters of one's own and shared ones, templates of the tenant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from services.cases.domain.keeping import filled
from shared.documents.port import AnyOf, Collection, Condition, Demand, Documents, Query, Row
from shared.errors import NotFoundError
from shared.events.envelope import Instant
from shared.reaching import of_tenant
from shared.rights import Caller
from shared.web.paging import page_answer, read_page

_FOREVER_AGO = datetime(1, 1, 1, tzinfo=UTC)


class KeptRow(Row, kw_only=True, omit_defaults=True):
    """A filter or a template; `live` until it is removed."""

    kind: Literal["filter", "template"] = "filter"
    name: str = ""
    owner: str | None = None
    shared: bool = False
    live: bool = True
    filter: Mapping[str, str] = {}
    language: str | None = None
    text: str | None = None
    saved_at: Instant = _FOREVER_AGO


KEPT_FILTERS: Collection[KeptRow] = Collection("kept_filters", 1, KeptRow, columns=("name", "owner", "shared", "live"))
KEPT_TEMPLATES: Collection[KeptRow] = Collection("kept_templates", 1, KeptRow, columns=("name", "language", "live"))

_LIVE = Condition("live", "eq", value=True)


@dataclass(frozen=True, slots=True)
class KeptThings:
    """Answers which filters and templates there are."""

    documents: Documents

    async def filters(self, caller: Caller, limit: int, after: str | None) -> dict[str, object]:
        """Return a page of the caller's filters and of those that are shared."""
        mine = AnyOf(((Condition("owner", "eq", caller.id),), (Condition("shared", "eq", value=True),)))
        shown = ("name", "owner", "shared", "filter", "saved_at")
        return await self._page(
            KEPT_FILTERS, (of_tenant(caller), _LIVE, mine), "filter_id", shown, limit=limit, after=after
        )

    async def templates(self, caller: Caller, language: str | None, limit: int, after: str | None) -> dict[str, object]:
        """Return a page of the tenant's templates, in one language or in all."""
        spoken = () if language is None else (Condition("language", "eq", language),)
        shown = ("name", "language", "text", "saved_at")
        demands = (of_tenant(caller), _LIVE, *spoken)
        return await self._page(KEPT_TEMPLATES, demands, "template_id", shown, limit=limit, after=after)

    async def template_for(self, caller: Caller, template_id: UUID, values: Mapping[str, str]) -> dict[str, object]:
        """Return a template filled in for a case."""
        row = await self.documents.get(KEPT_TEMPLATES, template_id)
        if row is None or row.tenant != caller.tenant or not row.live or row.text is None:
            raise NotFoundError(f"There is no template with the id {template_id}.")
        return {"template_id": row.id, "name": row.name, "text": filled(row.text, values)}

    async def _page(
        self,
        collection: Collection[KeptRow],
        demands: Sequence[Demand],
        called: str,
        fields: Sequence[str],
        *,
        limit: int,
        after: str | None,
    ) -> dict[str, object]:
        page, total = await read_page(self.documents, collection, Query(tuple(demands), "name", limit=limit), after)
        items = [{called: row.id, **{name: getattr(row, name) for name in fields}} for row in page.rows]
        return page_answer(items, page.next, total)
