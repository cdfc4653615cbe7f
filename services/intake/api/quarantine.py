"""What providers sent that is no message, for who looks after the channels."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response

from services.intake.api.reports import answers
from services.intake.api.webhooks import PREFIX, Hooks
from services.intake.views.quarantine import QuarantineViews
from shared.documents.port import Query as Question
from shared.privacy.reading import Asked
from shared.rights import Caller, Role
from shared.web.access import allow
from shared.web.consistency import caught_up
from shared.web.paging import read_cursor, write_cursor
from shared.web.purpose import purpose

Reader = Annotated[Caller, Depends(allow(Role.SUPERVISOR, Role.SAFEGUARDING, Role.ADMIN))]


_KEPT = {
    "id": "0c6e0d1e-9d5f-5a0f-8d0e-2f4f6c1b3a5d",
    "channel": "line",
    "account": "desk",
    "reason": "unknown-kind",
    "arrived_at": "2026-03-01T02:30:00Z",
}


def channels_router(hooks: Hooks) -> APIRouter:
    """Return the route that shows the channels: which kinds there are, and our accounts at them."""
    router = APIRouter(prefix=PREFIX, tags=["channels"])
    account = {"type": "line", "account": "desk", "path": f"{PREFIX}/line/desk", "language": "th", "secrets": 1}
    shown = {"accounts": [account], "kinds": [{"type": "line", "title": "LINE", "needs": ["secrets"]}]}

    @router.get("", summary="Channels, and our accounts at them", responses=answers(shown))
    async def list_channels(caller: Reader) -> Response:
        return _json({"accounts": hooks.described(caller.tenant), "kinds": hooks.kinds()})

    return router


def quarantine_router(views: QuarantineViews) -> APIRouter:
    """Return the routes that show what was kept."""
    router = APIRouter(prefix="/intake/v1/quarantine", tags=["channels"])

    @router.get(
        "",
        summary="What came in and is no message",
        dependencies=[Depends(caught_up)],
        responses=answers({"items": [_KEPT], "next": None}),
    )
    async def list_kept(
        caller: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 50, after: str | None = None
    ) -> Response:
        page = await views.page(caller, Question(after=read_cursor(after), limit=limit))
        return _json({"items": page.rows, "next": write_cursor(page.next)})

    @router.get(
        "/{kept_id}",
        summary="Read what was kept",
        dependencies=[Depends(caught_up)],
        responses=answers(_KEPT | {"raw": "…", "headers": "…"}),
    )
    async def read_kept(kept_id: UUID, caller: Reader, opening: Annotated[Asked | None, Depends(purpose)]) -> Response:
        return _json(await views.one(caller, kept_id, opening))

    return router


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
