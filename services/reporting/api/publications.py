"""Publications over HTTP: a report of a year leaves the house, and stays readable under its stamp for ever."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import ConfigDict, Field

from services.reporting.api.answers import moment
from services.reporting.api.editions import AUDIENCES, OpenQuery, RoleQuery, allowed
from services.reporting.api.yearly import Form, Year, Years, paper_answer
from services.reporting.application import Publication, Publish, Publishing
from services.reporting.domain.audience import Audience
from services.reporting.domain.corrections import Correction, Rows, corrections
from shared.events.figures import CellsTold
from shared.eventstore.context import CommandContext
from shared.rights import DEFAULT_TENANT, Caller, Role
from shared.web.access import allow_page, public
from shared.web.commands import Body, Commanded, answer

PUBLISHERS = (Role.SUPERVISOR, Role.ADMIN)
Stamp = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


class PublishBody(Body):
    """For whom, and why, if another edition is published already."""

    model_config = Body.model_config | ConfigDict(
        json_schema_extra={"examples": [{"audience": "public", "reason": "The fourth quarter is over."}]}
    )

    audience: Literal["partner", "public"] = "public"
    reason: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


class FormQuery(OpenQuery):
    """In which form the paper is wanted."""

    format: Form = Field(default="html", description="A page, a tagged PDF, or an open-data package.")


class RoleFormQuery(RoleQuery, FormQuery):
    """Whose view, in which form."""


def publications_routers(years: Years, publishing: Publishing) -> tuple[APIRouter, APIRouter]:
    """Return the routes for anybody and those for people with a key."""
    return _open(publishing), _by_role(years, publishing)


def _open(publishing: Publishing) -> APIRouter:
    router = APIRouter(include_in_schema=False, dependencies=[Depends(public)])

    @router.get("/public/years/{year}/editions")
    async def list_public_editions(year: Year, _: Annotated[OpenQuery, Query()]) -> Response:
        return await _listed(publishing, DEFAULT_TENANT, year, Audience.PUBLIC, "/public/papers")

    @router.get("/public/papers/{stamp}")
    async def read_public_paper(stamp: Stamp, query: Annotated[FormQuery, Query()]) -> Response:
        return await _paper(publishing, DEFAULT_TENANT, Audience.PUBLIC, stamp, query.format)

    return router


def _by_role(years: Years, publishing: Publishing) -> APIRouter:
    access: Callable[..., Any] = allow_page(*AUDIENCES)
    router = APIRouter(prefix="/reporting/v1", tags=["editions"])

    @router.post("/years/{year}/publish", status_code=201, summary="Publish the report of a year", responses=_PUBLISHED)
    async def publish_year(year: Year, body: PublishBody, context: CommandContext = Commanded(*PUBLISHERS)) -> Response:
        audience = Audience(body.audience)
        report, papers = await years.papers(year, audience, context.tenant)
        command = Publish(
            year=year,
            audience=audience,
            stamp=report.stamp,
            quarters=tuple(one.name for one in report.quarters),
            papers=papers,
            reason=body.reason,
            cells=tuple(CellsTold(one.quarter, one.table, one.told, one.withheld) for one in report.suppressed),
        )
        done = await publishing.publish(context=context, command=command)
        return answer(done, publishing.store.source, {"stamp": report.stamp, "edition": done.version}, 201)

    @router.get("/years/{year}/editions", summary="Which editions of a year were published", responses=_LISTED)
    async def list_year_editions(
        year: Year, caller: Annotated[Caller, Depends(access)], query: Annotated[RoleQuery, Query()]
    ) -> Response:
        audience = allowed(caller, Audience(query.audience))
        return await _listed(publishing, caller.tenant, year, audience, "/reporting/v1/papers")

    @router.get("/papers/{stamp}", summary="A published report, byte for byte", responses=_PAPER)
    async def read_paper(
        stamp: Stamp, caller: Annotated[Caller, Depends(access)], query: Annotated[RoleFormQuery, Query()]
    ) -> Response:
        audience = allowed(caller, Audience(query.audience))
        return await _paper(publishing, caller.tenant, audience, stamp, query.format)

    return router


async def _paper(publishing: Publishing, tenant: str, audience: Audience, stamp: str, form: Form) -> Response:
    paper = await publishing.paper(tenant, audience, stamp, form)
    return paper_answer(paper.content, f"redress-{stamp[:12]}-{audience}", form, stamp)


async def _listed(publishing: Publishing, tenant: str, year: int, audience: Audience, place: str) -> Response:
    editions = await publishing.editions(tenant, year, audience)
    tables = [
        tables_of((await publishing.paper(tenant, audience, one.report.stamp, "zip")).content) for one in editions
    ]
    items = [
        _item(one, place, corrections(tables[number - 1], tables[number]) if number else ())
        for number, one in enumerate(editions)
    ]
    return Response(msgspec.json.encode({"items": items}), media_type="application/json")


def _item(one: Publication, place: str, differing: Sequence[Correction]) -> dict[str, Any]:
    report = one.report
    return {
        "edition": report.edition,
        "stamp": report.stamp,
        "published_at": moment(one.published_at),
        "quarters": report.quarters,
        "reason": report.reason,
        "files": [
            {"format": form, "sha256": sha256, "url": f"{place}/{report.stamp}?format={form}"}
            for form, sha256 in sorted(report.files.items())
        ],
        "corrections": differing,
    }


def tables_of(package: bytes) -> Mapping[str, Rows]:
    """Return the tables of numbers of an open-data package: rows with the number last, without heads and tags."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {
            name.removesuffix(".csv"): list(csv.reader(io.StringIO(archive.read(name).decode(), newline="")))[2:]
            for name in archive.namelist()
            if name.endswith(".csv") and name != "suppressed.csv"
        }


_STAMP = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_PUBLISHED: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "Published: the bytes of every form are on record.",
        "content": {
            "application/json": {
                "example": {"stamp": _STAMP, "edition": 1, "version": 1, "position": "reporting:1"},
            }
        },
    }
}
_LISTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Every edition, oldest first, with what it corrects in the one before.",
        "content": {
            "application/json": {
                "example": {
                    "items": [
                        {
                            "edition": 2,
                            "stamp": _STAMP,
                            "published_at": "2027-01-05T09:00:00Z",
                            "quarters": ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"],
                            "reason": "The fourth quarter is over.",
                            "files": [{"format": "html", "sha256": _STAMP, "url": f"/public/papers/{_STAMP}"}],
                            "corrections": [
                                {"table": "issues", "row": ["2026-Q4", "cases"], "before": None, "after": "31"}
                            ],
                        }
                    ]
                }
            }
        },
    }
}
_PAPER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The very bytes that were published under this stamp.",
        "content": {
            "text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7…"},
            "application/zip": {"schema": {"type": "string", "format": "binary"}, "example": "PK…"},
        },
    }
}
