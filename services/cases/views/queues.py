"""Queues: the cases that wait, by what they wait for; each a set of demands on rows, and how many meet it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from services.cases.views.rows import CASES
from shared.documents.port import Condition, Demand, Documents, Query
from shared.policy import Policy
from shared.reaching import within_reach
from shared.rights import Caller

Queue = Literal["mine", "team", "unassigned", "overdue", "crisis", "waiting-worker", "waiting-employer"]
QUEUES: tuple[Queue, ...] = get_args(Queue)


def in_queue(queue: Queue, caller: Caller, now: datetime) -> Sequence[Condition]:
    """Return what a row meets that stands in this queue of this caller."""
    match queue:
        case "overdue":
            return (Condition("due_by", "lt", now),)
        case "mine":
            return Condition("assignee", "eq", caller.id), Condition("queues", "has", "open")
        case "team":
            # Who belongs to no team has no queue of a team: no row bears an empty name.
            return Condition("team", "eq", caller.team or ""), Condition("queues", "has", "open")
        case _:
            return (Condition("queues", "has", queue),)


@dataclass(frozen=True, slots=True)
class Queues:
    """Counts what waits."""

    documents: Documents
    policy: Policy

    async def counted(self, caller: Caller, now: datetime) -> dict[str, object]:
        """Return each queue of the caller with how many cases stand in it and when the first is due."""
        reach = within_reach(caller, self.policy.restricted.readers)
        return {"items": [await self._counted(queue, (*in_queue(queue, caller, now), *reach)) for queue in QUEUES]}

    async def _counted(self, queue: Queue, demands: tuple[Demand, ...]) -> dict[str, object]:
        total = await self.documents.count(CASES, demands)
        first = (await self.documents.find(CASES, Query(demands, sort="due_by", limit=1))).rows if total else ()
        return {"queue": queue, "cases": total, "first_due": first[0].next_due if first else None}
