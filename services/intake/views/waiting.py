"""How much waits in the inbox, on which channel and since when: what a supervisor looks at in the morning."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from services.intake.views.inbox import REPORTS, ReportRow, within_reach
from shared.documents.port import Condition, Documents, Query
from shared.rights import Caller

EDGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Ages by which open reports are counted: older than a day, than three, than a week."""
_AT_ONCE = 200
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Waiting:
    """Open reports: how many, how many with words of danger, the oldest, and how many older than each edge."""

    open: int = 0
    danger_now: int = 0
    oldest: datetime | None = None
    older: list[int] = field(default_factory=lambda: [0] * len(EDGES))

    def add(self, row: ReportRow, now: datetime) -> None:
        """Count one more report."""
        self.open += 1
        self.danger_now += row.danger_now
        self.oldest = min(self.oldest or row.opened_at, row.opened_at)
        for place, edge in enumerate(EDGES):
            self.older[place] += row.opened_at <= now - edge

    def told(self, now: datetime) -> dict[str, Any]:
        """Return the counts as members."""
        older = {f"older_than_{edge.days}_days": count for edge, count in zip(EDGES, self.older, strict=True)}
        age = None if self.oldest is None else int((now - self.oldest).total_seconds())
        return {"open": self.open, "danger_now": self.danger_now, "oldest_age_seconds": age, **older}


class InboxViews:
    """Counts what waits, as far as the caller may know of it."""

    def __init__(self, documents: Documents, readers: Container[str]) -> None:
        """`readers` read of restricted issues."""
        self._documents = documents
        self._readers = readers

    async def counted(self, caller: Caller, now: datetime) -> dict[str, Any]:
        """Return counts in all and for each channel, and how many decided reports have unanswered messages."""
        reached = within_reach(caller, self._readers)
        whole, channels = Waiting(), dict[str, Waiting]()
        after = None
        while True:
            conditions = (*reached, Condition("state", "eq", "open"))
            page = await self._documents.find(REPORTS, Query(conditions, "opened_at", after=after, limit=_AT_ONCE))
            for row in page.rows:
                whole.add(row, now)
                channels.setdefault(row.channel, Waiting()).add(row, now)
            if (after := page.next) is None:
                break
        talks = (Condition("state", "in", ("accepted", "linked")), Condition("waiting_since", "gte", _EVER))
        return {
            **whole.told(now),
            "unanswered": await self._documents.count(REPORTS, (*reached, *talks)),
            "channels": {channel: one.told(now) for channel, one in sorted(channels.items())},
        }
