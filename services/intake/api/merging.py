"""Reports that may be one: shown side by side, merged and split by a person."""

from uuid import UUID

import msgspec
from fastapi import APIRouter, Response

from services.intake.api.models import MergeReport
from services.intake.api.reports import DECIDERS, PREFIX, READING, Reader, answers
from services.intake.application import Intake
from services.intake.views import AlikeViews, IntakeViews
from shared.eventstore.context import CommandContext
from shared.web.commands import Commanded, answer
from shared.web.lean import LeanRoute

_ID = "0c6e0d1e-9d5f-5a0f-8d0e-2f4f6c1b3a5d"
_DECIDED = {"report_id": _ID, "version": 2, "position": "intake:19"}


def alike_router(views: AlikeViews) -> APIRouter:
    """Return the route that shows possible duplicates."""
    router = APIRouter(prefix=PREFIX, tags=["intake"], dependencies=READING)

    @router.get(
        "/{report_id}/duplicates",
        summary="Which reports may be about the same thing, and why",
        responses=answers({"items": [{"report_id": _ID, "channel": "line", "because": ["DOC-RET", "WAG-NON"]}]}),
    )
    async def list_duplicates(report_id: UUID, caller: Reader) -> Response:
        found = await views.alike(caller, report_id)
        return Response(msgspec.json.encode({"items": found}), media_type="application/json")

    return router


def merging_router(intake: Intake, views: IntakeViews) -> APIRouter:
    """Return the routes by which a person merges, splits, and takes a dismissal back."""
    router = APIRouter(prefix=PREFIX, tags=["intake"], route_class=LeanRoute)

    @router.post("/{report_id}/merge", summary="Let another report speak for this one", responses=answers(_DECIDED))
    async def merge_report(
        report_id: UUID, body: MergeReport, context: CommandContext = Commanded(*DECIDERS)
    ) -> Response:
        if context.caller is not None:
            await views.demand_known(context.caller, body.into)
        written = await intake.merge(report_id=report_id, into=body.into, context=context)
        return answer(written, "intake", {"report_id": report_id, "into": body.into})

    @router.post("/{report_id}/split", summary="Undo a merging", responses=answers(_DECIDED))
    async def split_report(report_id: UUID, context: CommandContext = Commanded(*DECIDERS)) -> Response:
        written = await intake.split(report_id=report_id, context=context)
        return answer(written, "intake", {"report_id": report_id})

    @router.post("/{report_id}/reopen", summary="Undo a dismissal", responses=answers(_DECIDED))
    async def reopen_report(report_id: UUID, context: CommandContext = Commanded(*DECIDERS)) -> Response:
        written = await intake.reopen(report_id=report_id, context=context)
        return answer(written, "intake", {"report_id": report_id})

    return router
