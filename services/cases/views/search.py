"""Search over what people said: hashes find candidates within reach, the opened text decides, and the look is recorded.

Pages go by the time and id of facts, newest first, so they stay what they are while more is written.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.cases.domain.searching import Wanted, wanted
from services.cases.views.lists import case_line
from services.cases.views.records import viewed_of
from services.cases.views.rows import CASES, CaseRow
from services.cases.views.words import WORDS, Blind, WordsRow
from shared.documents.port import Among, Condition, Documents, Query
from shared.eventstore.store import EventStore
from shared.policy import Policy
from shared.privacy.reading import Asked, Reading
from shared.reaching import of_tenant, within_reach
from shared.rights import Caller
from shared.web.paging import read_cursor, write_cursor

ROUNDS = 5
"""How often a page is filled up after candidates fell out; then it ends short, and `next` goes on."""


class Hit(NamedTuple):
    """A fact that says what was wanted, and the fields in which it does."""

    row: WordsRow
    subject: UUID | None
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """Finds cases by what is sealed in them."""

    documents: Documents
    store: EventStore
    policy: Policy
    reading: Reading
    blind: Blind

    async def found(self, caller: Caller, words: str, limit: int, after: str | None, asked: Asked) -> dict[str, object]:
        """Return the cases in which something said holds all the words, each with the facts and fields that do.

        Every person whose words are shown to match is told of it by a fact, before anybody sees it.
        """
        look, place, hits = wanted(words), read_cursor(after), list[Hit]()
        reached = Among(CASES, within_reach(caller, self.policy.restricted.readers))
        hashed = self.blind.hashed(caller.tenant, look.asked())
        has = (Condition("terms", "has", term) for term in hashed)
        conditions = (of_tenant(caller), *has, Condition("case_id", "among", reached))
        for _ in range(ROUNDS):
            query = Query(conditions, "at", descending=True, after=place, limit=limit - len(hits))
            page = await self.documents.find(WORDS, query)
            hits += await self._checked(page.rows, look)
            place = page.next
            if place is None or len(hits) == limit:
                break
        await self._put_on_record(hits, asked)
        rows = await self.documents.load(CASES, list({hit.row.case_id for hit in hits}))
        return {"items": _items(hits, rows, asked.now), "next": write_cursor(place)}

    async def _checked(self, rows: Sequence[WordsRow], look: Wanted) -> Sequence[Hit]:
        hits = []
        for row in rows:
            fact = next(
                (one for one in await self.store.stream(row.case_id) if one.envelope.stream_version == row.version),
                None,
            )
            said = await asyncio.to_thread(self.blind.said, fact) if fact else []
            if fact and look.is_said_by("\n".join(one.text for one in said)):
                fields = tuple(dict.fromkeys(one.field for one in said if look.touches(one.text)))
                hits.append(Hit(row, fact.envelope.subject, fields))
        return hits

    async def _put_on_record(self, hits: Sequence[Hit], asked: Asked) -> None:
        shown: dict[tuple[UUID, UUID], set[str]] = {}
        for hit in hits:
            if hit.subject is not None:
                shown.setdefault((hit.subject, hit.row.case_id), set()).update(hit.fields)
        looks = (
            self.reading.put_on_record(
                subject, asked, viewed_of("case", case_id)(subject, asked.purpose, tuple(sorted(fields)))
            )
            for (subject, case_id), fields in shown.items()
        )
        await asyncio.gather(*looks)


def _items(hits: Sequence[Hit], rows: Mapping[UUID, CaseRow], now: datetime) -> Sequence[dict[str, object]]:
    by_case: dict[UUID, list[dict[str, object]]] = {}
    for hit in hits:
        place = {"version": hit.row.version, "at": hit.row.at, "fields": hit.fields}
        by_case.setdefault(hit.row.case_id, []).append(place)
    return [
        {**case_line(rows[case_id], now), "found_in": places} for case_id, places in by_case.items() if case_id in rows
    ]
