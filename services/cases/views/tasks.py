"""Tasks that wait for somebody, with the case each belongs to."""

from dataclasses import dataclass
from typing import Any

from services.cases.views.records import viewed_of
from services.cases.views.rows import CASES, CaseRow, OpenTask
from shared.documents.port import Condition, Documents, Query
from shared.policy import Policy
from shared.privacy.reading import Asked, Part, Reading
from shared.reaching import within_reach
from shared.rights import Caller
from shared.vault.sealing import place_of
from shared.web.paging import page_answer, read_page


@dataclass(frozen=True, slots=True)
class Tasks:
    """Answers from the rows of cases."""

    documents: Documents
    policy: Policy
    reading: Reading

    async def of(
        self, caller: Caller, assignee: str, limit: int, after: str | None, asked: Asked | None
    ) -> dict[str, object]:
        """Return a page of the cases in which somebody has open tasks, the newest first; `total` counts cases."""
        reach = within_reach(caller, self.policy.restricted.readers)
        demands = (Condition("task_of", "has", assignee), *reach)
        query = Query(demands, "opened_at", descending=True, limit=limit)
        page, total = await read_page(self.documents, CASES, query, after)
        items = [await self._shown(row, assignee, asked) for row in page.rows]
        return page_answer(items, page.next, total)

    async def _shown(self, row: CaseRow, assignee: str, asked: Asked | None) -> dict[str, Any]:
        mine = sorted((task for task in row.tasks if task.assignee == assignee), key=_urgent)
        parts = [Part(task, place_of({row.subject}, row.id, task.version)) for task in mine]
        tasks = await self.reading.shown(parts, row.subject, asked, viewed_of("case", row.id))
        return {"case_id": row.id, "number": row.number, "state": row.state, "tasks": tasks}


def _urgent(task: OpenTask) -> tuple[bool, str]:
    return task.due_at is None, task.due_at.isoformat() if task.due_at else ""
