"""How much waits in the inbox."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from services.intake.api.reports import DECIDERS
from services.intake.views import InboxViews
from shared.rights import Caller, Role
from shared.web.access import allow
from shared.web.consistency import caught_up

Reader = Annotated[Caller, Depends(allow(*DECIDERS, Role.AUDITOR))]
_COUNTS: dict[str, Any] = {
    "open": 12,
    "danger_now": 1,
    "oldest_age_seconds": 86_400,
    "older_than_1_days": 3,
    "older_than_3_days": 1,
    "older_than_7_days": 0,
}
_INBOX = _COUNTS | {"unanswered": 2, "channels": {"app": _COUNTS}}


def inbox_router(views: InboxViews) -> APIRouter:
    """Return the route that counts."""
    router = APIRouter(prefix="/intake/v1", tags=["intake"], dependencies=[Depends(caught_up)])

    @router.get(
        "/inbox",
        summary="How many reports wait, on which channel and since when",
        responses={200: {"description": "Counts.", "content": {"application/json": {"example": _INBOX}}}},
    )
    async def count_inbox(caller: Reader, request: Request) -> Response:
        counted = await views.counted(caller, request.app.state.clock())
        return Response(msgspec.json.encode(counted), media_type="application/json")

    return router
