"""The report of a year over HTTP: a page, a PDF and an open-data package, for anybody and for those with a key."""

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from services.reporting.api.editions import AUDIENCES, OpenQuery, RoleQuery, allowed
from services.reporting.api.package import package
from services.reporting.api.pages import html_page, rendered
from services.reporting.api.public import labels_of
from services.reporting.api.style import PAPER_STYLE
from services.reporting.api.wording import words_in
from services.reporting.domain.audience import Audience
from services.reporting.views.annual import Annual, annual
from services.reporting.views.editions import Editions
from shared.errors import NotFoundError
from shared.policy import Policy
from shared.rights import DEFAULT_TENANT, Caller
from shared.web.access import allow_page, public
from shared.web.paper import pdf

Form = Literal["html", "pdf", "zip"]
Year = Annotated[int, Path(ge=1900, le=2200, examples=[2026])]

PAPERS_KEPT = 20


class OpenYearQuery(OpenQuery):
    """In which form the report is wanted."""

    format: Form = Field(default="html", description="A page, a tagged PDF, or an open-data package.")


class RoleYearQuery(RoleQuery, OpenYearQuery):
    """Whose view of the year is wanted, in which form."""


class Years:
    """Reports of years, written down once each: their quarters never change."""

    def __init__(self, editions: Editions, policy: Policy) -> None:
        """Take the editions, and the labels of codes."""
        self._editions = editions
        self._labels = labels_of(policy)
        self._papers: OrderedDict[tuple[str, str, Form], bytes] = OrderedDict()

    async def read(self, year: int, audience: Audience, tenant: str, form: Form, place: str) -> Response:
        """Return a report; `NotFoundError` while no quarter of the year is over."""
        report = await self._report(year, audience, tenant)
        key = (tenant, report.stamp, form)
        if key not in self._papers:
            self._papers[key] = await self._written(report, form, place)
            while len(self._papers) > PAPERS_KEPT:
                self._papers.popitem(last=False)
        body = self._papers[key]
        return paper_answer(body, f"redress-{year}-{audience}", form, report.stamp)

    async def papers(self, year: int, audience: Audience, tenant: str) -> tuple[Annual, Mapping[str, bytes]]:
        """Return a report in every form that this machine can write; one without Pango writes no PDF."""
        report = await self._report(year, audience, tenant)
        place = f"/public/years/{year}" if audience is Audience.PUBLIC else f"/reporting/v1/years/{year}"
        written = {
            "html": await self._written(report, "html", place),
            "zip": await self._written(report, "zip", place),
        }
        with contextlib.suppress(NotFoundError):
            written["pdf"] = await self._written(report, "pdf", place)
        return report, written

    async def _report(self, year: int, audience: Audience, tenant: str) -> Annual:
        quarters = sorted(one for one in await self._editions.quarters() if one.year == year)
        if not quarters:
            raise NotFoundError("No quarter of this year is over, or nothing was kept then.")
        return annual(year, [await self._editions.edition(quarter, audience, tenant) for quarter in quarters])

    async def _written(self, report: Annual, form: Form, place: str) -> bytes:
        if form == "zip":
            return package(report)
        html = rendered(
            "annual.html",
            t=words_in("en"),
            annual=report,
            words=self._labels,
            place=place,
            told=sum(one.told for one in report.suppressed),
            withheld=sum(one.withheld for one in report.suppressed),
        )
        return await pdf(html, PAPER_STYLE) if form == "pdf" else html


def paper_answer(body: bytes, name: str, form: Form, stamp: str) -> Response:
    """Answer with a report: a page to read, other forms to keep."""
    if form == "html":
        return html_page(body, 200)
    media = {"pdf": "application/pdf", "zip": "application/zip"}[form]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Redress-Stamp": stamp}
    return Response(body, media_type=media, headers=headers)


def yearly_routers(years: Years) -> tuple[APIRouter, APIRouter]:
    """Return the route for anybody and the one for those with a key."""
    return _open(years), _by_role(years)


def _open(years: Years) -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[Depends(public)])

    @router.get("/public/years/{year}")
    async def read_public_year(year: Year, query: Annotated[OpenYearQuery, Query()]) -> Response:
        return await years.read(year, Audience.PUBLIC, DEFAULT_TENANT, query.format, f"/public/years/{year}")

    return router


def _by_role(years: Years) -> APIRouter:
    access: Callable[..., Any] = allow_page(*AUDIENCES)
    router = APIRouter(prefix="/reporting/v1", tags=["editions"], dependencies=[Depends(access)])

    @router.get("/years/{year}", summary="The report of a year, for partners, and staff who check it", responses=_YEAR)
    async def read_year(
        year: Year, caller: Annotated[Caller, Depends(access)], query: Annotated[RoleYearQuery, Query()]
    ) -> Response:
        audience = allowed(caller, Audience(query.audience))
        place = f"/reporting/v1/years/{year}"
        return await years.read(year, audience, caller.tenant, query.format, place)

    return router


_YEAR: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The quarters of the year side by side, with method, stamp and what was withheld.",
        "content": {
            "text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7…"},
            "application/zip": {"schema": {"type": "string", "format": "binary"}, "example": "PK…"},
        },
    }
}
