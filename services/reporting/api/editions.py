"""Editions over HTTP: for anybody, and for those with a key what their role may know. The same tables, JSON or CSV."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response

from services.reporting.api.answers import moment, table_as_csv, written
from services.reporting.api.reports import READERS
from services.reporting.domain.audience import Audience
from services.reporting.domain.quarters import Quarter, quarter_named
from services.reporting.domain.tables import WITHHELD
from services.reporting.views.editions import Edition, Editions, EditionTable
from shared.errors import ForbiddenError, NotFoundError
from shared.web.access import Caller, Role, allow_page, public

AUDIENCES: Mapping[Role, Audience] = {
    **dict.fromkeys(READERS, Audience.STAFF),
}
"""What each role is to the cases. A role that is not here reads what the public reads."""

FOOTNOTE = (
    f"'{WITHHELD}': too small to be told (zero included), or withheld so that what is too small cannot be computed "
    "from the rest. Only cases whose complainant agreed to statistics are counted, as they were known at the end of "
    "the quarter; what came to be known later changes no edition."
)

QuarterName = Annotated[str, Path(pattern=r"^\d{4}-Q[1-4]$", examples=["2026-Q1"])]
TableName = Annotated[str, Path(max_length=120, pattern=r"^[a-z][a-z-]*$", examples=["issues-by-severity"])]
Format = Annotated[Literal["json", "csv"], Query(description="JSON with its definition, or CSV.")]
Asked = Callable[..., Awaitable[Audience]]


def editions_routers(editions: Editions) -> Sequence[APIRouter]:
    """Return the open routes and those for people with a key."""

    async def anybody() -> Audience:
        return Audience.PUBLIC

    reading = allow_page(*AUDIENCES)

    async def by_role(
        caller: Annotated[Caller, Depends(reading)],
        audience: Annotated[Literal["partner", "public"], Query(description="Whose view.")] = "partner",
    ) -> Audience:
        order = list(Audience)
        if order.index(Audience(audience)) < order.index(AUDIENCES.get(caller.role, Audience.PUBLIC)):
            raise ForbiddenError(f"The role {caller.role} may not read what is for a {audience}.")
        return Audience(audience)

    return (
        _router("/reporting/v1/public", editions, anybody, public, "for anybody"),
        _router("/reporting/v1/editions", editions, by_role, reading, "for partners, and staff who check them"),
    )


def _router(prefix: str, editions: Editions, asked: Asked, rule: Callable[..., Any], words: str) -> APIRouter:
    router = APIRouter(prefix=prefix, tags=["editions"], dependencies=[Depends(rule)])

    @router.get("", summary=f"Which quarters were published, {words}", responses=_LISTED)
    async def list_editions(_: Annotated[Audience, Depends(asked)]) -> Response:
        items = [{"edition": quarter.name, "url": f"{prefix}/{quarter.name}"} for quarter in await editions.quarters()]
        return _json({"items": items})

    @router.get("/{quarter}", summary=f"Every table of a quarter, {words}", responses=_ANSWERED)
    async def read_edition(quarter: QuarterName, audience: Annotated[Audience, Depends(asked)]) -> Response:
        edition = await editions.edition(quarter_of_name(quarter), audience)
        return _json(_head(edition) | {"tables": [_member(table) for table in edition.tables]})

    @router.get("/{quarter}/{table}", summary=f"One table of a quarter, {words}", responses=_TABLE)
    async def read_table(
        quarter: QuarterName,
        table: TableName,
        audience: Annotated[Audience, Depends(asked)],
        format: Format = "json",  # noqa: A002 - the word of the query
    ) -> Response:
        edition = await editions.edition(quarter_of_name(quarter), audience)
        found = edition.named(table)
        if format == "csv":
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
