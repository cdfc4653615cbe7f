"""What partners may follow: facts of the cases shared with them, from the first one on, behind a cursor."""

import base64
import binascii
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from services.notify.domain.sharing import Batch, Told, shared_fields
from shared.bus.port import Feed, Log
from shared.documents.port import Condition, Documents, Query
from shared.errors import InvalidError
from shared.events.envelope import Recorded
from shared.reaching import CASE_REACH, within_reach
from shared.rights import Caller, Role

BATCH = 500
MOST_BATCHES = 20
"""How far one question reads on when nothing of what it finds may be told."""

Places = Mapping[str, int]
"""Feed -> the last position that was read."""


@dataclass(frozen=True, slots=True)
class Feeds:
    """Reads the log of cases on behalf of callers, no further than is known who may know of what."""

    log: Log
    documents: Documents
    readers: Container[str]

    async def after(self, caller: Caller, cursor: str | None, types: Collection[str], limit: int) -> Batch:
        """Return up to `limit` facts behind a cursor; the same cursor gives the same facts again."""
        places = dict(read_places(cursor))
        known = await self.documents.positions(CASE_REACH)
        items: list[Told] = []
        more = False
        for feed in await self.log.feeds():
            more = await self._read(feed, caller, types, limit, places, known.get(feed.name, 0), items) or more
        return Batch(items, write_places(places), more)

    async def _read(  # noqa: PLR0917 - one feed of one question
        self,
        feed: Feed,
        caller: Caller,
        types: Collection[str],
        limit: int,
        places: dict[str, int],
        end: int,
        items: list[Told],
    ) -> bool:
        for _batch in range(MOST_BATCHES):
            at = places.get(feed.name, 0)
            facts = [one for one in await feed.read(at, BATCH) if one.position <= end] if at < end else []
            if not facts:
                return False
            reached = await self._reached(caller, facts)
            for fact in facts:
                if len(items) >= limit:
                    return True
                places[feed.name] = fact.position
                told = _told(fact, caller, types) if fact.envelope.stream_id in reached else None
                if told is not None:
                    items.append(msgspec.structs.replace(told, cursor=write_places(places)))
        return True

    async def _reached(self, caller: Caller, facts: Sequence[Recorded]) -> frozenset[UUID]:
        ids = {fact.envelope.stream_id for fact in facts if fact.envelope.tenant == caller.tenant}
        if not ids:
            return frozenset()
        wanted = Condition("id", "in", tuple(sorted(ids)))
        query = Query((*within_reach(caller, self.readers), wanted), limit=BATCH)
        return frozenset(row.id for row in (await self.documents.find(CASE_REACH, query)).rows)


def write_places(places: Places) -> str:
    """Return the cursor of places."""
    return base64.urlsafe_b64encode(msgspec.json.encode(dict(sorted(places.items())))).decode().rstrip("=")


def read_places(cursor: str | None) -> Places:
    """Read a cursor that was given before; anything else is an `InvalidError`."""
    if cursor is None:
        return {}
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded.encode("ascii")), type=dict[str, int])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise InvalidError("'after' is not a cursor that was given before; start without it.", field="after") from error


def _told(fact: Recorded, caller: Caller, types: Collection[str]) -> Told | None:
    head = fact.envelope
    data = shared_fields(fact.event, caller.organisation if caller.role is Role.PARTNER else None)
    if data is None or (types and head.type not in types):
        return None
    return Told(head.event_id, head.type, head.stream_id, head.occurred_at.isoformat(), data, "")
