"""Routes that only read."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from services.cases.api import examples
from services.cases.api.examples import shown
from services.cases.api.filters import CasesAsked, OrganisationsAsked, PastAsked
from services.cases.api.words import PREFIX
from services.cases.application import Cases
from services.cases.views import AsOf, CaseFilters, Lists, OrganisationFilters, Records
from shared.clock import Clock
from shared.errors import ForbiddenError, InvalidError
from shared.privacy.reading import Asked
from shared.rights import Caller, Role
from shared.web.access import PARAMETERS, allow
from shared.web.commands import as_command, context_of
from shared.web.consistency import caught_up
from shared.web.purpose import purpose

Opening = Annotated[Asked | None, Depends(purpose)]

STAFF = (Role.OPERATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.AUDITOR, Role.ADMIN)
BREAKERS = {Role.OPERATOR, Role.SUPERVISOR, Role.SAFEGUARDING}
"""Who may break the glass; auditors and admins reach what they need without, partners never more than their part."""

of_staff = allow(*STAFF)
of_staff_and_partners = allow(*STAFF, Role.PARTNER)

GLASS_HEADER = "Redress-Break-Glass"
GLASS_PARAMETER: dict[str, Any] = {
    "name": GLASS_HEADER,
    "in": "header",
    "description": "Why a case out of reach must be read now. It is put on record, and supervisors are told.",
    "schema": {"type": "string", "minLength": 10, "maxLength": 300},
}
_LONGEST_REASON = 300


async def glass_reason(request: Request) -> str | None:
    """Return why the glass is to be broken; None when it is not."""
    reason = request.headers.get(GLASS_HEADER)
    if reason is not None and len(reason) > _LONGEST_REASON:
        raise InvalidError(f"{GLASS_HEADER} has up to {_LONGEST_REASON} characters.", field=GLASS_HEADER)
    return reason


setattr(glass_reason, PARAMETERS, [GLASS_PARAMETER])

Allowed = Callable[[Role], frozenset[str]]
Glass = Annotated[str | None, Depends(glass_reason)]


def reading_routes(cases: Cases, records: Records, lists: Lists, clock: Clock, allowed: Allowed) -> APIRouter:
    """Return the routes that answer questions; `allowed` are the commands on a case that a role may give."""
    routes = APIRouter(prefix=PREFIX, tags=["cases"], dependencies=[Depends(caught_up)])

    async def broken(glass: str | None, caller: Caller, case_id: UUID) -> bool:
        if glass is None:
            return False
        if caller.role not in BREAKERS:
            raise ForbiddenError(f"The role {caller.role} may not break the glass.")
        await cases.break_glass(context=context_of(caller, clock()), case_id=case_id, reason=glass)
        return True

    @routes.get(
        "/cases",
        summary="List cases, the newest first",
        responses=shown(200, examples.CASES),
    )
    async def list_cases(
        caller: Annotated[Caller, Depends(of_staff_and_partners)], asked: Annotated[CasesAsked, Query()]
    ) -> Response:
        filters = as_command(asked, CaseFilters)
        return json_answer(await lists.cases(caller, filters, clock(), asked.limit, asked.after))

    @routes.get("/cases/{case_id}", summary="Read a case, or its past", responses=shown(200, examples.CASE))
    async def get_case(
        case_id: UUID,
        caller: Annotated[Caller, Depends(of_staff_and_partners)],
        asked: Annotated[PastAsked, Query()],
        opening: Opening,
        glass: Glass,
    ) -> Response:
        past, anyway = as_command(asked, AsOf), await broken(glass, caller, case_id)
        version, case = await records.case(caller, case_id, past, clock(), opening, glass_broken=anyway)
        return json_answer(case, version)

    @routes.get("/cases/{case_id}/events", summary="Read every fact of a case", responses=shown(200, examples.HISTORY))
    async def get_history(
        case_id: UUID, caller: Annotated[Caller, Depends(of_staff)], opening: Opening, glass: Glass
    ) -> Response:
        anyway = await broken(glass, caller, case_id)
        return json_answer(await records.history(caller, case_id, opening, glass_broken=anyway))

    @routes.get(
        "/cases/{case_id}/clocks",
        summary="Read every clock of a case, and why it stands as it does",
        responses=shown(200, examples.CLOCKS),
    )
    async def get_clocks(case_id: UUID, caller: Annotated[Caller, Depends(of_staff)]) -> Response:
        return json_answer(await records.clocks(caller, case_id, clock()))

    @routes.get(
        "/cases/{case_id}/next",
        summary="List what may be done with a case now, and why the rest is closed",
        responses=shown(200, examples.NEXT),
    )
    async def get_next(case_id: UUID, caller: Annotated[Caller, Depends(of_staff)]) -> Response:
        return json_answer(await records.next(caller, case_id, clock(), allowed(caller.role)))

    _organisation_routes(routes, records, lists)
    return routes


def _organisation_routes(routes: APIRouter, records: Records, lists: Lists) -> None:
    @routes.get(
        "/organisations",
        summary="List organisations, the newest first",
        responses=shown(200, examples.ORGANISATIONS),
    )
    async def list_organisations(
        caller: Annotated[Caller, Depends(of_staff)], asked: Annotated[OrganisationsAsked, Query()]
    ) -> Response:
        filters = as_command(asked, OrganisationFilters)
        return json_answer(await lists.organisations(caller, filters, asked.limit, asked.after))

    @routes.get(
        "/organisations/{organisation_id}",
        summary="Read an organisation",
        responses=shown(200, examples.ORGANISATION_SHOWN),
    )
    async def get_organisation(
        organisation_id: UUID, caller: Annotated[Caller, Depends(of_staff)], opening: Opening
    ) -> Response:
        version, organisation = await records.organisation(caller, organisation_id, opening)
        organisation["merged"] = await lists.merged_into(caller, organisation_id)
        return json_answer(organisation, version)


def json_answer(content: object, version: int | None = None) -> Response:
    """Answer a query, with its version as `ETag` where it has one."""
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(msgspec.json.encode(content), media_type="application/json", headers=headers)
