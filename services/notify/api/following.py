"""Following what happens in cases shared with a partner: a page behind a cursor, or a stream of server-sent events."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from services.notify.domain.sharing import SHARED_FACTS, Told
from services.notify.views import Feeds
from shared.errors import InvalidError
from shared.rights import Caller, Role
from shared.web.access import allow

FOLLOWERS = (Role.PARTNER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)
Follower = Annotated[Caller, Depends(allow(*FOLLOWERS))]
LOOK = 1.0
"""Seconds between two looks of a stream that has told everything."""


class Chosen(BaseModel):
    """Which facts, from where on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: str | None = Field(default=None, max_length=2000, description="`next` of the page before, or a `cursor`.")
    type: list[str] = Field(default=[], max_length=20, description="These only.", examples=[["cases.case-closed"]])
    limit: int = Field(default=100, ge=1, le=500, description="How many at most.")


def following(feeds: Feeds, stream_seconds: float) -> APIRouter:
    """Return both routes; a stream ends after so many seconds, and a browser comes again behind what it had."""
    routes = APIRouter(prefix="/notify/v1", tags=["notify"])

    @routes.get("/feed", summary="What happened in cases shared with you, from the first fact on", responses=_PAGE)
    async def read_feed(caller: Follower, chosen: Annotated[Chosen, Query()]) -> Response:
        found = await feeds.after(caller, chosen.after, known_types(chosen.type), chosen.limit)
        return Response(msgspec.json.encode(found), media_type="application/json")

    @routes.get("/feed/stream", summary="The same as server-sent events", responses=_STREAM)
    async def stream_feed(
        caller: Follower, chosen: Annotated[Chosen, Query()], last_event_id: Annotated[str | None, Header()] = None
    ) -> StreamingResponse:
        types, begin = known_types(chosen.type), last_event_id or chosen.after
        first = await feeds.after(caller, begin, types, 1)
        del first  # a cursor that is none is refused before the stream begins
        events = _events(feeds, caller, begin, types, stream_seconds)
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return routes


async def _events(
    feeds: Feeds, caller: Caller, cursor: str | None, types: frozenset[str], seconds: float
) -> AsyncIterator[bytes]:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = await feeds.after(caller, cursor, types, 100)
        for told in found.items:
            yield _event(told)
        cursor = found.next
        if not found.more:
            yield b": nothing more just now\n\n"
            await asyncio.sleep(LOOK)


def _event(told: Told) -> bytes:
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (told.cursor.encode(), told.type.encode(), msgspec.json.encode(told))


def known_types(types: list[str]) -> frozenset[str]:
    """Return the types that were named; one that is not shared is an `InvalidError`."""
    if unknown := sorted(set(types) - set(SHARED_FACTS)):
        raise InvalidError(f"There is no shared fact {unknown[0]}; there are {', '.join(SHARED_FACTS)}.", field="type")
    return frozenset(types)


_TOLD: dict[str, Any] = {
    "id": "0190b5c2-7c1e-7a10-8f00-3c1de50f6a09",
    "type": "cases.case-closed",
    "case_id": "0190b5c2-7c1e-7a10-8f00-3c1de50f6a01",
    "occurred_at": "2026-11-20T08:00:00+00:00",
    "data": {"reason": "remedied"},
    "cursor": "eyIiOjQyfQ",
}
_PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Facts in order; `next` is where to go on, also when there are none.",
        "content": {"application/json": {"example": {"items": [_TOLD], "next": "eyIiOjQyfQ", "more": False}}},
    }
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Each fact as an event whose id is the cursor behind it.",
        "content": {
            "text/event-stream": {"schema": {"type": "string"}, "example": "id: eyIiOjQyfQ\nevent: cases.case-closed"}
        },
    }
}
