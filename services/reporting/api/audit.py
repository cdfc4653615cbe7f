"""The record for auditors over HTTP: histories as JSON, JSON lines or CSV, event logs for their tools, conformance."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from services.reporting.api.answers import table_as_csv
from services.reporting.api.reports import PARQUET, Moment
from services.reporting.views.conformance import Breach, breaches, counted
from services.reporting.views.engine import Figures
from services.reporting.views.event_logs import FLAT, flat, ocel, xes
from services.reporting.views.histories import Asked, Histories
from services.reporting.views.trails import Entry
from shared.errors import InvalidError
from shared.rights import Caller, Role
from shared.web.access import allow_page
from shared.web.consistency import caught_up
from shared.web.paging import read_cursor, write_cursor

AUDITORS = (Role.AUDITOR, Role.SUPERVISOR, Role.ADMIN)
of_auditors = allow_page(*AUDITORS)
Auditor = Annotated[Caller, Depends(of_auditors)]
Place = Annotated[int | None, Field(ge=1, le=2**53)]
_COLUMNS = (
    *("service", "position", "recorded_at", "occurred_at", "type", "actor", "role", "team"),
    *("stream", "stream_id", "stream_version", "subject", "event_id", "fact"),
)
_BREACH_COLUMNS = ("case_id", "number", "rule", "version", "event_id", "at", "due", "actor", "about")


class HistoryQuery(BaseModel):
    """Which facts of a history, and in which form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: Literal["intake", "cases", "notify"] | None = Field(
        default=None, description="Facts of this service only."
    )
    kind: str | None = Field(
        default=None,
        max_length=80,
        pattern=r"^[a-z]+\.[a-z-]+$",
        description="Facts of this kind only.",
        examples=["cases.case-escalated"],
    )
    actor: str | None = Field(default=None, max_length=200, description="What this key, or part of the system, did.")
    since: Moment | None = Field(default=None, alias="from", description="Recorded at this moment or later.")
    until: Moment | None = Field(default=None, alias="to", description="Recorded before this moment.")
    as_of: Moment | None = Field(default=None, description="Only what was true by this moment.")
    known_at: Moment | None = Field(default=None, description="Only what was on record by this moment.")
    first: Place = Field(default=None, alias="from_position", description="From this place of its log on.")
    last: Place = Field(default=None, alias="to_position", description="Up to this place of its log.")
    after: str | None = Field(default=None, max_length=500, description="`next` of the page before.")
    limit: int = Field(default=100, ge=1, le=1000, description="How many at most.")
    format: Literal["json", "jsonl", "csv"] = Field(
        default="json", description="JSON with `next`; JSON lines and CSV have it in the header `Redress-Next`."
    )

    def asked(self) -> Asked:
        """Return what is asked for."""
        return Asked(**self.model_dump(exclude={"after", "limit", "format"}))


class ConformanceQuery(BaseModel):
    """As of when, and in which form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    known_at: Moment | None = Field(default=None, description="By what was on record at this moment.")
    format: Literal["json", "csv"] = Field(default="json", description="JSON with counts, or CSV.")


def audit_router(histories: Histories, figures: Figures) -> APIRouter:
    """Return the routes of the audit; `figures` writes Parquet."""
    router = APIRouter(prefix="/reporting/v1/audit", tags=["audit"], dependencies=[Depends(caught_up)])

    @router.get("/logs/{service}", summary="Everything a service has said, in the order of its log", responses=_FACTS)
    async def read_log(
        service: Annotated[str, Path(pattern="^[a-z]{1,20}$")],
        caller: Auditor,
        query: Annotated[HistoryQuery, Query()],
    ) -> Response:
        after = read_cursor(query.after)
        place = None if after is None else (str(after[1]), _number(after[0]))
        found, on = await histories.all(caller, service, query.asked(), place, query.limit)
        return _answer(found, None if on is None else write_cursor((on[1], on[0])), query.format)

    @router.get("/histories/{identity}", summary="The history of a case, person or organisation", responses=_FACTS)
    async def read_history(identity: UUID, caller: Auditor, query: Annotated[HistoryQuery, Query()]) -> Response:
        """Facts that belong to the id or speak of it, in the order in which they were recorded.

        The id is a case's, an organisation's, a report's, or the pseudonym of a person. Who looked at personal data is
        among the facts. What people said is masked.
        """
        after = read_cursor(query.after)
        order = None if after is None else (str(after[0]), after[1])
        found, on = await histories.one(caller, identity, query.asked(), order, query.limit)
        return _answer(found, write_cursor(on), query.format)

    @router.get("/cases/{case_id}/states", summary="A case as of each of its facts, and the changes", responses=_STATES)
    async def read_states(case_id: UUID, caller: Auditor, query: Annotated[HistoryQuery, Query()]) -> Response:
        states = await histories.case(caller, case_id, query.asked())
        items = [
            {**_item(state.entry), "state": state.values, "changed": state.changed} for state in states[: query.limit]
        ]
        return _json({"items": items})

    _add_tools(router, histories, figures)
    return router


def _add_tools(router: APIRouter, histories: Histories, figures: Figures) -> None:
    @router.get("/event-log", summary="All cases as an event log: XES, OCEL 2.0 or Parquet", responses=_EVENT_LOG)
    async def read_event_log(
        request: Request,
        caller: Auditor,
        format: Literal["xes", "ocel", "parquet"] = "xes",  # noqa: A002 - the word of the API
    ) -> Response:
        trails = histories.cases(caller)
        if format == "parquet":
            lines = [line async for line in flat(trails, request.app.state.clock())]
            shown = {"Content-Disposition": 'attachment; filename="cases.parquet"'}
            return Response(await figures.lines_as_parquet(lines, FLAT), media_type=PARQUET, headers=shown)
        if format == "xes":
            return _file(xes(trails, request.app.state.clock()), "application/xml", "cases.xes")
        return _file(ocel(trails), "application/json", "cases.ocel.json")

    @router.get("/conformance", summary="Which cases broke the rules of the day, and where", responses=_BREACHES)
    async def read_conformance(
        request: Request, caller: Auditor, query: Annotated[ConformanceQuery, Query()]
    ) -> Response:
        now = query.known_at or request.app.state.clock()
        asked = Asked(known_at=query.known_at)
        found: list[Breach] = []
        looked = 0
        async for trail in histories.cases(caller):
            entries = [entry for entry in trail.entries if asked.holds(entry)]
            looked += bool(entries)
            found += breaches(trail.number, entries, now)
        if query.format == "csv":
            rows = ([getattr(one, name) for name in _BREACH_COLUMNS] for one in found)
            return _csv(_BREACH_COLUMNS, rows, "conformance.csv")
        return _json({"cases": looked, "counts": counted(found), "items": found})


def _item(entry: Entry) -> dict[str, object]:
    head = entry.envelope
    return {
        "service": entry.service,
        "position": entry.position,
        "recorded_at": head.recorded_at,
        "occurred_at": head.occurred_at,
        "type": head.type,
        "actor": head.actor.id,
        "role": head.actor.role,
        "team": head.actor.team,
        "stream": head.stream,
        "stream_id": head.stream_id,
        "stream_version": head.stream_version,
        "subject": head.subject,
        "event_id": head.event_id,
        "fact": entry.data,
    }


def _answer(found: Sequence[Entry], on: str | None, form: str) -> Response:
    headers = {} if on is None else {"Redress-Next": on}
    if form == "json":
        return _json({"items": [_item(entry) for entry in found], "next": on})
    if form == "jsonl":
        lines = b"".join(_encode(_item(entry)) + b"\n" for entry in found)
        return Response(lines, media_type="application/jsonl", headers=headers)
    rows = ([_cell(value) for value in _item(entry).values()] for entry in found)
    return _csv(_COLUMNS, rows, "history.csv", headers)


def _cell(value: object) -> object:
    return _encode(value).decode() if isinstance(value, dict) else value


def _csv(
    columns: Sequence[str], rows: Iterable[Sequence[object]], name: str, headers: dict[str, str] | None = None
) -> Response:
    shown = {**(headers or {}), "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(table_as_csv(columns, rows), media_type="text/csv", headers=shown)


def _file(parts: AsyncIterator[bytes], media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(parts, media_type=media_type, headers=headers)


def _json(content: object) -> Response:
    return Response(_encode(content), media_type="application/json")


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise InvalidError("'after' is not a cursor that this list gave; start without it.", field="after")
    return value


_encode = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical").encode

_AT = datetime.fromisoformat("2026-03-02T08:00:00+00:00").isoformat()
_FACT = {
    "service": "cases",
    "position": 1204,
    "recorded_at": _AT,
    "occurred_at": _AT,
    "type": "cases.case-assigned",
    "actor": "operator-1",
    "role": "operator",
    "team": None,
    "stream": "cases.case",
    "stream_id": "5f0c9f3e-0000-5000-8000-000000000001",
    "stream_version": 3,
    "subject": None,
    "event_id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "fact": {"assignee": "operator-1", "team": None},
}
_OBJECT = {"type": "object"}
_ITEMS = {"type": "object", "properties": {"items": {"type": "array", "items": _OBJECT}}}


def _described(words: str, example: object, schema: object = _ITEMS) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": words, "content": {"application/json": {"schema": schema, "example": example}}}}


_FACTS = _described("Facts with who, when and where in the log.", {"items": [_FACT], "next": None})
_STATES = _described(
    "The case after each fact: values by path, and what stood before at those that the fact changed.",
    {"items": [{**_FACT, "state": {"assignee": "operator-1"}, "changed": {"assignee": None}}]},
)
_BREACHES = _described(
    "What was broken: the rule, the fact, who, and when it was due.",
    {
        "cases": 12,
        "counts": {"acknowledge-in-time": 1},
        "items": [
            {
                "case_id": _FACT["stream_id"],
                "number": "R-7K2QD-9XW3M",
                "rule": "acknowledge-in-time",
                "version": 2,
                "event_id": _FACT["event_id"],
                "at": _AT,
                "actor": "operator-1",
                "due": _AT,
                "about": "",
            }
        ],
    },
)
_EVENT_LOG: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, case by case.",
        "content": {
            "application/xml": {"example": "<log/>"},
            PARQUET: {"schema": {"type": "string", "format": "binary"}},
            "application/json": {
                "schema": _OBJECT,
                "example": {"objectTypes": [], "eventTypes": [], "events": [], "objects": []},
            },
        },
    }
}
