"""Editions over HTTP: for anybody, and for those with a key what their role may know. The same tables, JSON or CSV."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.reporting.api.answers import moment, table_as_csv, written
from services.reporting.api.reports import READERS
from services.reporting.domain.audience import Audience
from services.reporting.domain.quarters import Quarter, quarter_named
from services.reporting.domain.tables import WITHHELD
from services.reporting.views.editions import Edition, Editions, EditionTable
from shared.errors import ForbiddenError, NotFoundError
from shared.rights import DEFAULT_TENANT, Caller, Role
from shared.web.access import allow_page, public

AUDIENCES: Mapping[Role, Audience] = {
    **dict.fromkeys(READERS, Audience.STAFF),
    Role.PARTNER: Audience.PARTNER,
}
"""What each role is to the cases. A role that is not here reads what the public reads."""

FOOTNOTE = (
    f"'{WITHHELD}': too small to be told (zero included), or withheld so that what is too small cannot be computed "
    "from the rest. Only cases whose complainant agreed to statistics are counted, as they were known at the end of "
    "the quarter; what came to be known later changes no edition."
)

QuarterName = Annotated[str, Path(pattern=r"^\d{4}-Q[1-4]$", examples=["2026-Q1"])]
TableName = Annotated[str, Path(max_length=120, pattern=r"^[a-z][a-z-]*$", examples=["issues-by-severity"])]


class OpenQuery(BaseModel):
    """Nothing is chosen: no groups, no periods, no moments."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RoleQuery(OpenQuery):
    """Whose view is read."""

    audience: Literal["partner", "public"] = Field(default="partner", description="Whose view.")


class OpenFormQuery(OpenQuery):
    """In which form a table is wanted."""

    format: Literal["json", "csv"] = Field(default="json", description="JSON with its definition, or CSV.")


class RoleFormQuery(RoleQuery, OpenFormQuery):
    """Whose view of a table is read, in which form."""


@dataclass(frozen=True, slots=True)
class View:
    """Who reads, in which form, and whose figures."""

    audience: Audience
    format: str = "json"
    tenant: str = DEFAULT_TENANT


@dataclass(frozen=True, slots=True)
class Readers:
    """A set of routes for the same readers: where, for whom, and how a request becomes a view."""

    prefix: str
    words: str
    access: Callable[..., Any]
    view: Callable[..., View]
    form: Callable[..., View]


def editions_routers(editions: Editions) -> Sequence[APIRouter]:
    """Return the open routes and those for people with a key."""
    return (_router(editions, _anybody()), _router(editions, _by_role()))


def _anybody() -> Readers:
    def view(_: Annotated[OpenQuery, Query()]) -> View:
        return View(Audience.PUBLIC)

    def form(query: Annotated[OpenFormQuery, Query()]) -> View:
        return View(Audience.PUBLIC, query.format)

    return Readers("/reporting/v1/public", "for anybody", public, view, form)


def _by_role() -> Readers:
    access = allow_page(*AUDIENCES)

    def view(caller: Annotated[Caller, Depends(access)], query: Annotated[RoleQuery, Query()]) -> View:
        return View(allowed(caller, Audience(query.audience)), tenant=caller.tenant)

    def form(caller: Annotated[Caller, Depends(access)], query: Annotated[RoleFormQuery, Query()]) -> View:
        return View(allowed(caller, Audience(query.audience)), query.format, caller.tenant)

    return Readers("/reporting/v1/editions", "for partners, and staff who check them", access, view, form)


def allowed(caller: Caller, asked: Audience) -> Audience:
    """Return the audience that is asked for; `ForbiddenError` if the role may not read what is for it."""
    order = list(Audience)
    if order.index(asked) < order.index(AUDIENCES.get(caller.role, Audience.PUBLIC)):
        raise ForbiddenError(f"The role {caller.role} may not read what is for a {asked}.")
    return asked


def _router(editions: Editions, readers: Readers) -> APIRouter:
    prefix, words = readers.prefix, readers.words
    router = APIRouter(prefix=prefix, tags=["editions"], dependencies=[Depends(readers.access)])

    @router.get("", summary=f"Which quarters were published, {words}", responses=_LISTED)
    async def list_editions(_: Annotated[View, Depends(readers.view)]) -> Response:
        items = [{"edition": quarter.name, "url": f"{prefix}/{quarter.name}"} for quarter in await editions.quarters()]
        return _json({"items": items})

    @router.get("/{quarter}", summary=f"Every table of a quarter, {words}", responses=_ANSWERED)
    async def read_edition(quarter: QuarterName, view: Annotated[View, Depends(readers.view)]) -> Response:
        edition = await editions.edition(quarter_of_name(quarter), view.audience, view.tenant)
        return _json(_head(edition) | {"tables": [_member(table) for table in edition.tables]})

    @router.get("/{quarter}/{table}", summary=f"One table of a quarter, {words}", responses=_TABLE)
    async def read_table(
        quarter: QuarterName, table: TableName, view: Annotated[View, Depends(readers.form)]
    ) -> Response:
        edition = await editions.edition(quarter_of_name(quarter), view.audience, view.tenant)
        found = edition.named(table)
        if view.format == "csv":
            headers = {
                "Content-Disposition": f'attachment; filename="{quarter}-{table}.csv"',
                "Redress-Definition": found.definition.sha256,
            }
            return Response(table_as_csv(found.table.columns, found.table.rows), media_type="text/csv", headers=headers)
        return _json(_head(edition) | _member(found))

    return router


def quarter_of_name(name: str) -> Quarter:
    """Return the quarter; `NotFoundError` for a name of none."""
    quarter = quarter_named(name)
    if quarter is None:
        raise NotFoundError("There is no such quarter; they are named as in 2026-Q1.")
    return quarter


def _head(edition: Edition) -> dict[str, object]:
    return {
        "edition": edition.quarter.name,
        "from": moment(edition.quarter.start),
        "to": moment(edition.quarter.end),
        "audience": edition.audience.value,
        "threshold": edition.rule.threshold,
        "footnote": FOOTNOTE,
    }


def _member(table: EditionTable) -> dict[str, object]:
    definition, told = table.definition, table.table
    return {
        "table": table.name,
        "report": definition.name,
        "title": definition.title,
        "definition": definition.definition,
        "unit": definition.unit,
        "definition_hash": definition.sha256,
        "columns": told.columns,
        "rows": [dict(zip(told.columns, map(written, row), strict=True)) for row in told.rows],
        "withheld": told.withheld,
    }


def _json(members: object) -> Response:
    return Response(msgspec.json.encode(members), media_type="application/json")


_EXAMPLE: dict[str, Any] = {
    "edition": "2026-Q1",
    "from": "2026-01-01T00:00:00Z",
    "to": "2026-04-01T00:00:00Z",
    "audience": "public",
    "threshold": 10,
    "footnote": FOOTNOTE,
}
_EXAMPLE_TABLE: dict[str, Any] = {
    "table": "issues-by-severity",
    "report": "issues",
    "title": "Cases by issue and severity",
    "columns": ["severity", "cases"],
    "rows": [{"severity": "S1", "cases": WITHHELD}, {"severity": "all", "cases": 61}],
    "withheld": 2,
}


def _answer(description: str, example: object, **more: object) -> dict[int | str, dict[str, Any]]:
    content = {"application/json": {"schema": {"type": "object"}, "example": example}, **more}
    return {200: {"description": description, "content": content}}


_LISTED = _answer(
    "The quarters that are over, newest first.",
    {"items": [{"edition": "2026-Q1", "url": "/reporting/v1/public/2026-Q1"}]},
)
_ANSWERED = _answer("The tables; a number is a number, or the word for one withheld.", _EXAMPLE | {"tables": []})
_TABLE = _answer(
    "The table; a number is a number, or the word for one withheld.",
    _EXAMPLE | _EXAMPLE_TABLE,
    **{"text/csv": {"example": f"severity,cases\r\nS1,{WITHHELD}\r\nall,61\r\n"}},
)
