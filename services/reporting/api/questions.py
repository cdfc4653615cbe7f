"""Questions that are kept, over HTTP: saved under a name, listed, asked again, and written down as a report."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.reporting.api.answers import as_csv, as_json, blank, moment, stamp, written
from services.reporting.api.pages import html_page, rendered
from services.reporting.api.reports import PARQUET, READERS, Moment, ReportQuery, of_readers
from services.reporting.api.sheets import XLSX, as_xlsx
from services.reporting.api.style import PAPER_STYLE
from services.reporting.api.wording import words_in
from services.reporting.application import Keeping, SaveQuestion
from services.reporting.views.engine import Figures
from services.reporting.views.questions import Figure
from shared.events.figures import QuestionSaved
from shared.eventstore.context import CommandContext
from shared.rights import Caller, Role
from shared.web.commands import Body, Commanded, answer
from shared.web.consistency import caught_up
from shared.web.paper import pdf

HEADS = frozenset({Role.SUPERVISOR, Role.SAFEGUARDING, Role.ADMIN})
Name = Annotated[str, Path(max_length=60, pattern=r"^[a-z0-9][a-z0-9-]*$", examples=["fees-in-thailand"])]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class QuestionBody(Body):
    """A question in the words of the query of a report; nothing in it names a moment but its period."""

    model_config = Body.model_config | ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "fees-in-thailand",
                    "title": "Recruitment fees in Thailand",
                    "report": "recruitment-fees",
                    "group_by": "corridor,year",
                    "only": ["country:TH"],
                }
            ]
        }
    )

    name: Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Text
    report: Annotated[str, Field(max_length=60, pattern=r"^[a-z][a-z-]*$")]
    group_by: Annotated[str, Field(max_length=200, pattern=r"^[a-z_]+(,[a-z_]+)*$")] | None = None
    only: Annotated[tuple[Text, ...], Field(max_length=8)] = ()
    since: Annotated[Moment | None, Field(alias="from")] = None
    until: Annotated[Moment | None, Field(alias="to")] = None
    compare: Literal["previous", "year"] | None = None

    def asked(self) -> dict[str, str]:
        """Return the members of the query that are set."""
        words = {"group_by": self.group_by, "compare": self.compare}
        moments = {"from": self.since, "to": self.until}
        return {name: text for name, text in words.items() if text is not None} | {
            name: moment(at) for name, at in moments.items() if at is not None
        }


class RemoveBody(Body):
    """Nothing needs to be said."""

    model_config = Body.model_config | ConfigDict(json_schema_extra={"examples": [{}]})


class AgainQuery(BaseModel):
    """As of when a kept question is asked again, and in which form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Moment | None = Field(default=None, description="As it was true at this moment.")
    known_at: Moment | None = Field(default=None, description="As it was on record at this moment.")
    format: Literal["json", "csv", "xlsx", "parquet", "html", "pdf"] = Field(
        default="json", description="Data in any form of a report, or a report to read: a page or a PDF."
    )


def questions_router(figures: Figures, keeping: Keeping) -> APIRouter:
    """Return the routes of kept questions."""
    router = APIRouter(prefix="/reporting/v1", tags=["reporting"])
    source = keeping.store.source

    @router.post("/questions", status_code=201, summary="Keep a question under a name", responses=_KEPT)
    async def save_question(body: QuestionBody, context: CommandContext = Commanded(*READERS)) -> Response:
        command = SaveQuestion(name=body.name, title=body.title, report=body.report, asked=body.asked(), only=body.only)
        question = _query(command.asked, command.only).question(body.report, context.tenant)
        figures.check(question)
        done = await keeping.save(context=context, command=command)
        return answer(done, source, {"question": body.name}, 201)

    @router.post("/questions/{question}/remove", summary="Remove a question", responses=_REMOVED)
    async def remove_question(
        question: Name,
        body: RemoveBody,  # noqa: ARG001 - commands take a body
        context: CommandContext = Commanded(*READERS),
    ) -> Response:
        head = context.caller is not None and context.caller.role in HEADS
        return answer(await keeping.remove(context=context, name=question, head=head), source)

    @router.get("/questions", summary="List the questions that are kept", responses=_LISTED)
    async def list_questions(caller: Annotated[Caller, Depends(of_readers)]) -> Response:
        items = [{**_told(one.question), "saved_at": moment(one.saved_at)} for one in await keeping.all(caller.tenant)]
        return Response(msgspec.json.encode({"items": items}), media_type="application/json")

    @router.get(
        "/questions/{question}",
        summary="Ask a kept question again",
        responses=_ANSWERED,
        dependencies=[Depends(caught_up)],
    )
    async def ask_again(
        question: Name, caller: Annotated[Caller, Depends(of_readers)], query: Annotated[AgainQuery, Query()]
    ) -> Response:
        kept = await keeping.one(caller.tenant, question)
        again = _query(kept.asked, kept.only).question(kept.report, caller.tenant)
        figure = await figures.answer(msgspec.structs.replace(again, as_of=query.as_of, known_at=query.known_at))
        return await _answer(figures, kept, figure, query.format)

    return router


async def _answer(figures: Figures, kept: QuestionSaved, figure: Figure, form: str) -> Response:
    if form == "json":
        return Response(as_json(figure), media_type="application/json")
    headers = {**stamp(figure), "Content-Disposition": f'attachment; filename="{kept.name}.{form}"'}
    match form:
        case "csv":
            return Response(as_csv(figure), media_type="text/csv", headers=headers)
        case "xlsx":
            return Response(as_xlsx(figure), media_type=XLSX, headers=headers)
        case "parquet":
            body = await figures.parquet(figure, {"redress": as_json(blank(figure)).decode()})
            return Response(body, media_type=PARQUET, headers=headers)
        case "pdf":
            return Response(await pdf(_page(kept, figure), PAPER_STYLE), media_type="application/pdf", headers=headers)
        case _:
            return html_page(_page(kept, figure), 200, stamp(figure))


def _page(kept: QuestionSaved, figure: Figure) -> bytes:
    words = words_in("en")
    return rendered(
        "question.html",
        t=words,
        title=kept.title,
        document=msgspec.json.decode(as_json(figure)),
        heads=[words.column(name) for name in figure.columns],
        rows=[[written(value) for value in row] for row in figure.rows],
    )


def _query(asked: Any, only: Any) -> ReportQuery:
    return ReportQuery.model_validate({**asked, "only": list(only)})


def _told(kept: QuestionSaved) -> dict[str, Any]:
    return {
        "question": kept.name,
        "title": kept.title,
        "owner": kept.owner,
        "report": kept.report,
        **kept.asked,
        "only": kept.only,
    }


_EXAMPLE = {"question": "fees-in-thailand", "version": 1, "position": "reporting:1"}
_KEPT: dict[int | str, dict[str, Any]] = {
    201: {"description": "Kept.", "content": {"application/json": {"example": _EXAMPLE}}}
}
_REMOVED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Removed.",
        "content": {"application/json": {"example": {"version": 2, "position": "reporting:2"}}},
    }
}
_LISTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Every question of the tenant, by name.",
        "content": {
            "application/json": {
                "example": {
                    "items": [
                        {
                            "question": "fees-in-thailand",
                            "title": "Recruitment fees in Thailand",
                            "owner": "analyst",
                            "report": "recruitment-fees",
                            "group_by": "corridor,year",
                            "only": ["country:TH"],
                            "saved_at": "2026-06-30T00:00:00Z",
                        }
                    ]
                }
            }
        },
    }
}
_ANSWERED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The figure as a report of its name gives it, or a page with its definition and stamp.",
        "content": {
            "application/json": {"example": {"report": "recruitment-fees", "columns": ["currency"], "rows": []}},
            "text/csv": {"example": "currency,corridor,year,reports\r\n"},
            XLSX: {"schema": {"type": "string", "format": "binary"}, "example": "PK…"},
            PARQUET: {"schema": {"type": "string", "format": "binary"}, "example": "PAR1…"},
            "text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"},
            "application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7…"},
        },
    }
}
