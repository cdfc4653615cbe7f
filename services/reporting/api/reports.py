"""Figures over HTTP: which there are, and what they say."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.reporting.api.answers import as_csv, as_json, blank, described, stamp
from services.reporting.api.sheets import XLSX, as_xlsx
from services.reporting.views.engine import Figures
from services.reporting.views.questions import Compared, Question
from shared.errors import InvalidError
from shared.rights import Caller, Role
from shared.web.access import allow_page
from shared.web.consistency import caught_up

READERS = (Role.OPERATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.AUDITOR, Role.ADMIN)
of_readers = allow_page(*READERS)

PARQUET = "application/vnd.apache.parquet"

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]
ReportName = Annotated[str, Path(max_length=60, pattern=r"^[a-z][a-z-]*$", examples=["volume"])]


class ReportQuery(BaseModel):
    """How a report is grouped, over which period, of which moment, in which form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group_by: str | None = Field(
        default=None,
        max_length=200,
        pattern=r"^[a-z_]+(,[a-z_]+)*$",
        description="Columns to group by, separated by commas, out of those that the report allows.",
        examples=["month,channel"],
    )
    only: list[str] = Field(
        default=[],
        max_length=8,
        description="Only cases with this value, as `country:TH`; several narrow further. Any dimension of cases, for "
        "reports that count cases.",
        examples=[["country:TH"]],
    )
    since: Moment | None = Field(
        default=None,
        alias="from",
        description="Only what falls on or after this moment.",
        examples=["2026-01-01T00:00:00Z"],
    )
    until: Moment | None = Field(
        default=None, alias="to", description="Only what falls before this moment.", examples=["2027-01-01T00:00:00Z"]
    )
    as_of: Moment | None = Field(
        default=None,
        description="As it was true at this moment: the log is folded again up to it.",
        examples=["2026-06-30T00:00:00Z"],
    )
    known_at: Moment | None = Field(
        default=None,
        description="As it was on record at this moment: what came to be known later, late facts and corrections, is "
        "left out. Together with 'as_of' the same request gets the same bytes for ever.",
        examples=["2026-06-30T00:00:00Z"],
    )
    compare: Compared | None = Field(
        default=None,
        description="Beside each number that of the span before, of the same span a year earlier, or what was "
        "known at 'known_at': corrections.",
    )
    format: Literal["json", "csv", "xlsx", "parquet"] = Field(
        default="json", description="JSON with its stamp, CSV, a workbook, or Parquet with its stamp as metadata."
    )

    def question(self, report: str, tenant: str) -> Question:
        """Return what is asked of the figures of a tenant."""
        return Question(
            report=report,
            tenant=tenant,
            group_by=tuple(self.group_by.split(",")) if self.group_by else (),
            only=tuple(_narrowed(one) for one in self.only),
            since=self.since,
            until=self.until,
            as_of=self.as_of,
            known_at=self.known_at,
            compare=self.compare,
        )


def _narrowed(one: str) -> tuple[str, str]:
    name, colon, value = one.partition(":")
    if not colon or not value or len(one) > 200:  # noqa: PLR2004 - as long as any line of ours
        raise InvalidError("'only' is a dimension, a colon and a value, as in country:TH.", field="only")
    return name, value


def reports_router(figures: Figures) -> APIRouter:
    """Return the routes of the reports."""
    router = APIRouter(
        prefix="/reporting/v1", tags=["reporting"], dependencies=[Depends(of_readers), Depends(caught_up)]
    )
    listed = msgspec.json.encode({"items": [described(definition) for definition in figures.definitions.values()]})

    @router.get("/reports", summary="Which reports there are, and what each counts", responses=_LISTED)
    async def list_reports() -> Response:
        return Response(listed, media_type="application/json")

    @router.get("/reports/{name}", summary="Compute a report", responses=_ANSWERED)
    async def read_report(
        name: ReportName, caller: Annotated[Caller, Depends(of_readers)], query: Annotated[ReportQuery, Query()]
    ) -> Response:
        figure = await figures.answer(query.question(name, caller.tenant))
        if query.format == "json":
            return Response(as_json(figure), media_type="application/json")
        headers = {**stamp(figure), "Content-Disposition": f'attachment; filename="{name}.{query.format}"'}
        match query.format:
            case "csv":
                return Response(as_csv(figure), media_type="text/csv", headers=headers)
            case "xlsx":
                return Response(as_xlsx(figure), media_type=XLSX, headers=headers)
            case "parquet":
                written = await figures.parquet(figure, {"redress": as_json(blank(figure)).decode()})
                return Response(written, media_type=PARQUET, headers=headers)

    return router


_WORDS = {"type": "string"}
_NAMES = {"type": "array", "items": _WORDS}
_THINGS = {"type": "array", "items": {"type": "object"}}

_DEFINITION: dict[str, Any] = {
    "type": "object",
    "properties": {
        **dict.fromkeys(
            ("report", "title", "definition", "unit", "counts", "leaves_out", "period", "definition_hash", "sql"),
            _WORDS,
        ),
        **dict.fromkeys(("group_by", "default", "always"), _NAMES),
        **dict.fromkeys(("measures", "adds_up", "published"), _THINGS),
    },
}

_LISTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Every report with its definition in words and in SQL.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["items"],
                    "properties": {"items": {"type": "array", "items": _DEFINITION}},
                },
                "example": {
                    "items": [
                        {
                            "report": "volume",
                            "title": "Contacts and cases",
                            "unit": "contacts, cases, workers",
                            "group_by": ["month", "channel", "country"],
                            "default": ["month", "channel"],
                        }
                    ]
                },
            }
        },
    }
}

_ANSWERED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The figure and what it stands on: definition, moment, log positions, signed roots of the logs.",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["report", "definition", "definition_hash", "as_of", "positions", "columns", "rows"],
                    "properties": {
                        **dict.fromkeys(("report", "title", "definition", "unit", "definition_hash", "as_of"), _WORDS),
                        "positions": {"type": "object", "additionalProperties": {"type": "integer"}},
                        "ledger": {"type": "object", "additionalProperties": {"type": "object"}},
                        "columns": _NAMES,
                        "rows": {"type": "array", "items": {"type": "object"}},
                    },
                },
                "example": {
                    "report": "volume",
                    "title": "Contacts and cases",
                    "definition": "How many messages came in and how many cases were opened, month by month.",
                    "unit": "contacts, cases, workers",
                    "definition_hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "as_of": "2026-06-30T00:00:00Z",
                    "positions": {"cases": 1204, "intake": 3310},
                    "ledger": {"cases": {"size": 1204, "root": "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="}},
                    "columns": ["month", "channel", "contacts", "cases", "workers"],
                    "rows": [{"month": "2026-01", "channel": "line", "contacts": 31, "cases": 4, "workers": 57}],
                },
            },
            "text/csv": {"example": "month,channel,contacts,cases,workers\r\n2026-01,line,31,4,57\r\n"},
            XLSX: {"schema": {"type": "string", "format": "binary"}, "example": "PK…"},
            PARQUET: {"schema": {"type": "string", "format": "binary"}, "example": "PAR1…"},
        },
    }
}
