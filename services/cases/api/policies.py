"""The rules that cases ran by, as they were: every pack that was ever adopted, and what it says."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Response
from fastapi import Path as Place

from services.cases.api.doing import OFFICE
from services.cases.api.examples import shown
from services.cases.api.reading import json_answer
from services.cases.api.words import PREFIX
from services.cases.application import Adopting
from shared.errors import NotFoundError
from shared.policy.archive import Kept
from shared.rights import Caller, Role
from shared.web.access import allow

of_readers = allow(*OFFICE, Role.AUDITOR)
_ADOPTED = {
    "label": "ngo-hotline 2026-1",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "adopted_at": "2026-01-02T08:00:00Z",
}


def policies_routes(adopting: Adopting) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=PREFIX, tags=["policies"])

    @routes.get(
        "/policies",
        summary="Every pack of rules that was ever adopted, and since when",
        responses=shown(200, {"items": [_ADOPTED]}),
    )
    async def list_policies(_caller: Annotated[Caller, Depends(of_readers)]) -> Response:
        return json_answer({"items": [_told(one) for one in await adopting.kept()]})

    @routes.get(
        "/policies/{sha256}",
        summary="What a pack says, as it was adopted",
        responses=shown(200, {**_ADOPTED, "pack": {"name": "ngo-hotline", "version": "2026-1"}}),
    )
    async def get_policy(
        sha256: Annotated[str, Place(pattern="^[0-9a-f]{64}$")], _caller: Annotated[Caller, Depends(of_readers)]
    ) -> Response:
        one = _found(await adopting.kept(), sha256)
        return json_answer({**_told(one), "pack": msgspec.Raw(one.content.encode())})

    return routes


def _found(kept: Sequence[Kept], digest: str) -> Kept:
    found = next((one for one in kept if one.sha256 == digest), None)
    if found is None:
        raise NotFoundError("No pack of this hash was adopted; GET /cases/v1/policies lists those that were.")
    return found


def _told(one: Kept) -> dict[str, object]:
    return {"label": one.label, "sha256": one.sha256, "adopted_at": one.since}
