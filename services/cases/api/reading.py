"""Routes that only read."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response

from services.cases.api import examples
from services.cases.api.examples import shown
from services.cases.api.filters import CasesAsked, OrganisationsAsked, PastAsked
from services.cases.api.words import PREFIX
from services.cases.views import AsOf, CaseFilters, Lists, OrganisationFilters, Records
from shared.clock import Clock
from shared.privacy.reading import Asked
from shared.web.access import Role, allow
from shared.web.commands import as_command
from shared.web.consistency import caught_up
from shared.web.purpose import purpose

Opening = Annotated[Asked | None, Depends(purpose)]

READERS = (Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)


def reading_routes(records: Records, lists: Lists, clock: Clock) -> APIRouter:
    """Return the routes that answer questions."""
    routes = APIRouter(prefix=PREFIX, tags=["cases"], dependencies=[Depends(allow(*READERS)), Depends(caught_up)])

    @routes.get(
        "/cases",
        summary="List cases, the newest first",
        responses=shown(200, examples.CASES),
    )
    async def list_cases(asked: Annotated[CasesAsked, Query()]) -> Response:
        filters = as_command(asked, CaseFilters)
        return _json(await lists.cases(filters, clock(), asked.limit, asked.after))

    @routes.get("/cases/{case_id}", summary="Read a case, or its past", responses=shown(200, examples.CASE))
    async def get_case(case_id: UUID, asked: Annotated[PastAsked, Query()], opening: Opening) -> Response:
        version, case = await records.case(case_id, as_command(asked, AsOf), clock(), opening)
        return _json(case, version)

    @routes.get("/cases/{case_id}/events", summary="Read every fact of a case", responses=shown(200, examples.HISTORY))
    async def get_history(case_id: UUID, opening: Opening) -> Response:
        return _json(await records.history(case_id, opening))

    @routes.get(
        "/organisations",
        summary="List organisations, the newest first",
        responses=shown(200, examples.ORGANISATIONS),
    )
    async def list_organisations(asked: Annotated[OrganisationsAsked, Query()]) -> Response:
        return _json(await lists.organisations(as_command(asked, OrganisationFilters), asked.limit, asked.after))

    @routes.get(
        "/organisations/{organisation_id}",
        summary="Read an organisation",
        responses=shown(200, examples.ORGANISATION_SHOWN),
    )
    async def get_organisation(organisation_id: UUID, opening: Opening) -> Response:
        version, organisation = await records.organisation(organisation_id, opening)
        return _json(organisation, version)

    return routes


def _json(content: object, version: int | None = None) -> Response:
    headers = {} if version is None else {"ETag": f'"{version}"'}
    return Response(msgspec.json.encode(content), media_type="application/json", headers=headers)
