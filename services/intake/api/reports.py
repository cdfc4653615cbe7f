"""The inbox: reports listed, read and decided on."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response

from services.intake.api.models import AcceptReport, DismissReport, LinkReport, ReplyToReport, ReportFilters
from services.intake.application import Intake
from services.intake.domain import Accept, case_id_of
from services.intake.views import IntakeViews, listed
from shared.eventstore.context import CommandContext
from shared.privacy.reading import Asked
from shared.rights import Caller, Role
from shared.web.access import allow
from shared.web.commands import Commanded, answer, as_command, true_since
from shared.web.consistency import caught_up
from shared.web.lean import LeanRoute
from shared.web.paging import page_answer
from shared.web.purpose import purpose

DECIDERS = (Role.OPERATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.ADMIN)
PREFIX = "/intake/v1/reports"
READING = [Depends(caught_up)]
Reader = Annotated[Caller, Depends(allow(*DECIDERS, Role.AUDITOR))]

_REPORT = {
    "report_id": "0c6e0d1e-9d5f-5a0f-8d0e-2f4f6c1b3a5d",
    "state": "open",
    "channel": "app",
    "account": "golden-dreams-app",
    "opened_at": "2026-03-01T02:30:00Z",
    "last_message_at": "2026-03-01T02:30:00Z",
    "messages": 1,
    "language": "en",
    "country": "TH",
    "issues": ["DOC-RET"],
    "case_id": None,
    "restricted": False,
    "waiting_since": "2026-03-01T02:30:00Z",
    "suggested": ["DOC-RET"],
    "suggested_severity": "S2",
    "danger_now": False,
    "version": 1,
}


def answers(example: object) -> dict[int | str, dict[str, Any]]:
    """Return the description of a good answer by its example."""
    return {200: {"description": "Done.", "content": {"application/json": {"example": example}}}}


def reports_router(views: IntakeViews) -> APIRouter:
    """Return the routes that show the inbox."""
    router = APIRouter(prefix=PREFIX, tags=["intake"])

    @router.get(
        "",
        summary="List reports, the newest first",
        dependencies=READING,
        responses=answers({"items": [_REPORT], "next": None, "total": 1, "total_is": "exact"}),
    )
    async def list_reports(caller: Reader, filters: Annotated[ReportFilters, Query()]) -> Response:
        page, total = await views.reports(caller, filters.query(), filters.after)
        content = page_answer([listed(row) for row in page.rows], page.next, total)
        return Response(msgspec.json.encode(content), media_type="application/json")

    @router.get(
        "/{report_id}",
        summary="Read a report and what its messages say",
        dependencies=READING,
        responses=answers(
            _REPORT
            | {"messages": [{"text": "They keep our passports."}], "replies": [], "changes": [], "attachments": []}
        ),
    )
    async def get_report(
        report_id: UUID, caller: Reader, opening: Annotated[Asked | None, Depends(purpose)]
    ) -> Response:
        report = await views.report(caller, report_id, opening)
        headers = {"ETag": f'"{report["version"]}"'}
        return Response(msgspec.json.encode(report), media_type="application/json", headers=headers)

    return router


def deciding_router(intake: Intake, views: IntakeViews) -> APIRouter:
    """Return the routes by which a person decides on a report."""
    router = APIRouter(prefix=PREFIX, tags=["intake"], route_class=LeanRoute)
    decided = {"report_id": _REPORT["report_id"], "version": 2, "position": "intake:19"}

    @router.post(
        "/{report_id}/accept",
        summary="Make a case of a report",
        responses=answers(decided | {"case_id": "3b0f8b1e-2f0a-5d0e-9c7b-6a5d4e3f2a1b"}),
    )
    async def accept_report(
        report_id: UUID, body: AcceptReport, context: CommandContext = Commanded(*DECIDERS)
    ) -> Response:
        command = as_command(body, Accept)
        context = true_since(context, body.occurred_at)
        written = await intake.accept(report_id=report_id, command=command, context=context)
        return answer(written, "intake", {"report_id": report_id, "case_id": case_id_of(report_id)})

    @router.post("/{report_id}/dismiss", summary="Decide that a report becomes no case", responses=answers(decided))
    async def dismiss_report(
        report_id: UUID, body: DismissReport, context: CommandContext = Commanded(*DECIDERS)
    ) -> Response:
        context = true_since(context, body.occurred_at)
        written = await intake.dismiss(report_id=report_id, reason=body.reason, detail=body.detail, context=context)
        return answer(written, "intake", {"report_id": report_id})

    @router.post(
        "/{report_id}/reply",
        summary="Write to who sent a report; they read it with their receipt",
        responses=answers(decided),
    )
    async def reply_to_report(
        report_id: UUID, body: ReplyToReport, context: CommandContext = Commanded(*DECIDERS)
    ) -> Response:
        if context.caller is not None:
            await views.demand_known(context.caller, report_id)
        written = await intake.reply(report_id=report_id, text=body.text, language=body.language, context=context)
        return answer(written, "intake", {"report_id": report_id})

    @router.post("/{report_id}/link", summary="Add a report to a case that exists", responses=answers(decided))
    async def link_report(
        report_id: UUID, body: LinkReport, context: CommandContext = Commanded(*DECIDERS)
    ) -> Response:
        context = true_since(context, body.occurred_at)
        written = await intake.link(report_id=report_id, case_id=body.case_id, context=context)
        return answer(written, "intake", {"report_id": report_id, "case_id": body.case_id})

    return router
