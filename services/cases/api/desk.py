"""The desk: queues and their counts, tasks, kept filters, templates of notes, and one command on many cases."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field, field_validator

from services.cases.api import examples
from services.cases.api.doing import HEADS, OFFICE
from services.cases.api.examples import shown
from services.cases.api.filters import CasesAsked, KeptAsked, TasksAsked, TemplatesAsked
from services.cases.api.reading import Opening, of_staff
from services.cases.api.words import PREFIX, CommandBody, example
from services.cases.application import Cases, Keeping, bulk
from services.cases.domain import commands
from services.cases.domain.keeping import SaveFilter, SaveTemplate
from services.cases.views import AsOf, Desk, Records
from shared.clock import Clock
from shared.events.desk import FILTER, TEMPLATE
from shared.eventstore.context import CommandContext
from shared.rights import Caller
from shared.web.commands import Body, Commanded, answer, as_command
from shared.web.consistency import POSITION_HEADER, caught_up, position_token
from shared.web.fields import Language, Line, Prose, Word
from shared.web.lean import LeanRoute
from shared.web.problems import document_of

CREATED = 201
Cases500 = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=bulk.MOST)]


class BulkAssignBody(Body):
    """Who handles these cases from now on."""

    model_config = example(case_ids=["0190f2c4-7a3e-7c11-9c0e-3f5b8a1d2e4d"], assignee="operator-mae-sot")

    case_ids: Cases500
    assignee: Annotated[Word, Field(description="The id of a key.")]
    team: Word | None = None


class BulkNoteBody(Body):
    """A note that each of these cases gets."""

    model_config = example(case_ids=["0190f2c4-7a3e-7c11-9c0e-3f5b8a1d2e4d"], text="The plant is closed until May.")

    case_ids: Cases500
    text: Prose


class FilterBody(CommandBody):
    """A filter of the list of cases, by the names that the list takes."""

    model_config = example(name="Fees in Thailand", filter={"issue": "REC-FEE", "country": "TH"}, shared=True)

    name: Line
    filter: Annotated[dict[str, str], Field(min_length=1, max_length=20)]
    shared: bool = False

    @field_validator("filter")
    @classmethod
    def _understood(cls, value: dict[str, str]) -> dict[str, str]:
        CasesAsked.model_validate(value)
        if {"limit", "after"} & set(value):
            raise ValueError("a kept filter holds no place in a list")
        return value


class TemplateBody(CommandBody):
    """Words that notes often begin with."""

    model_config = example(name="Called back", language="en", text="Called back about {number} on {today}:")

    name: Line
    language: Language
    text: Prose


class RemoveBody(CommandBody):
    """Nothing needs to be said."""

    model_config = example()


def bulk_routes(cases: Cases) -> APIRouter:
    """Return the commands on many cases."""
    routes = APIRouter(prefix=f"{PREFIX}/bulk", tags=["desk"], route_class=LeanRoute)
    done = shown(200, examples.DONE)

    @routes.post("/assign", summary="Assign many cases, each by a fact of its own", responses=done)
    async def assign(body: BulkAssignBody, context: CommandContext = Commanded(*OFFICE)) -> Response:
        wanted = commands.Assign(assignee=body.assignee, team=body.team)
        found = await bulk.on_each(
            context, body.case_ids, lambda own, case_id: cases.assign(context=own, case_id=case_id, command=wanted)
        )
        return _told(found, cases.store.source)

    @routes.post("/note", summary="Add a note to many cases, each by a fact of its own", responses=done)
    async def note(body: BulkNoteBody, context: CommandContext = Commanded(*OFFICE)) -> Response:
        wanted = commands.AddNote(text=body.text)
        found = await bulk.on_each(
            context, body.case_ids, lambda own, case_id: cases.note(context=own, case_id=case_id, command=wanted)
        )
        return _told(found, cases.store.source)

    return routes


def keeping_routes(keeping: Keeping) -> APIRouter:
    """Return the commands on filters and templates."""
    routes = APIRouter(prefix=PREFIX, tags=["desk"], route_class=LeanRoute)
    source = keeping.store.source
    made = examples.WRITTEN

    @routes.post("/filters", status_code=CREATED, summary="Keep a filter", responses=shown(CREATED, made))
    async def save_filter(body: FilterBody, context: CommandContext = Commanded(*OFFICE)) -> Response:
        written = await keeping.save_filter(context=context, command=as_command(body, SaveFilter))
        return answer(written, source, {"filter_id": written.stream_id}, CREATED)

    @routes.post("/filters/{filter_id}/remove", summary="Remove a filter", responses=shown(200, made))
    async def remove_filter(
        filter_id: UUID,
        body: RemoveBody,  # noqa: ARG001 - commands take a body
        context: CommandContext = Commanded(*OFFICE),
    ) -> Response:
        head = context.caller is not None and context.caller.role in HEADS
        return answer(await keeping.remove(context=context, kept_id=filter_id, stream=FILTER, head=head), source)

    @routes.post("/note-templates", status_code=CREATED, summary="Keep a template", responses=shown(CREATED, made))
    async def save_template(body: TemplateBody, context: CommandContext = Commanded(*HEADS)) -> Response:
        written = await keeping.save_template(context=context, command=as_command(body, SaveTemplate))
        return answer(written, source, {"template_id": written.stream_id}, CREATED)

    @routes.post("/note-templates/{template_id}/remove", summary="Remove a template", responses=shown(200, made))
    async def remove_template(
        template_id: UUID,
        body: RemoveBody,  # noqa: ARG001 - commands take a body
        context: CommandContext = Commanded(*HEADS),
    ) -> Response:
        return answer(await keeping.remove(context=context, kept_id=template_id, stream=TEMPLATE, head=True), source)

    return routes


def desk_routes(records: Records, desk: Desk, clock: Clock) -> APIRouter:
    """Return what the desk reads."""
    routes = APIRouter(prefix=PREFIX, tags=["desk"], dependencies=[Depends(caught_up)])

    @routes.get("/queues", summary="Count what waits, queue by queue", responses=shown(200, examples.QUEUES))
    async def count_queues(caller: Annotated[Caller, Depends(of_staff)]) -> Response:
        return _json(await desk.queues.counted(caller, clock()))

    @routes.get(
        "/tasks", summary="List open tasks, one's own unless asked otherwise", responses=shown(200, examples.TASKS)
    )
    async def list_tasks(
        caller: Annotated[Caller, Depends(of_staff)], asked: Annotated[TasksAsked, Query()], opening: Opening
    ) -> Response:
        return _json(await desk.tasks.of(caller, asked.assignee or caller.id, asked.limit, asked.after, opening))

    @routes.get(
        "/filters", summary="List one's own filters and the shared ones", responses=shown(200, examples.FILTERS)
    )
    async def list_filters(
        caller: Annotated[Caller, Depends(of_staff)], asked: Annotated[KeptAsked, Query()]
    ) -> Response:
        return _json(await desk.kept.filters(caller, asked.limit, asked.after))

    @routes.get("/note-templates", summary="List the templates of notes", responses=shown(200, examples.TEMPLATES))
    async def list_templates(
        caller: Annotated[Caller, Depends(of_staff)], asked: Annotated[TemplatesAsked, Query()]
    ) -> Response:
        return _json(await desk.kept.templates(caller, asked.language, asked.limit, asked.after))

    @routes.get(
        "/cases/{case_id}/note-templates/{template_id}",
        summary="Fill a template in for a case",
        responses=shown(200, examples.FILLED),
    )
    async def fill_template(case_id: UUID, template_id: UUID, caller: Annotated[Caller, Depends(of_staff)]) -> Response:
        now = clock()
        _, case = await records.case(caller, case_id, AsOf(), now)
        values = {name: str(case[name]) for name in ("number", "site", "country") if case[name] is not None}
        values |= {"opened": str(case["opened_at"])[:10], "today": now.date().isoformat()}
        return _json(await desk.kept.template_for(caller, template_id, values))

    return routes


def _told(found: Sequence[bulk.Outcome], source: str) -> Response:
    written = [one.written for one in found if one.written is not None]
    token = position_token(source, max((one.position for one in written), default=0))
    items = [
        {"case_id": one.case_id, "version": one.written.version}
        if one.written
        else {"case_id": one.case_id, "refused": one.refused and document_of(one.refused)}
        for one in found
    ]
    content = {"items": items, "done": len(written), "refused": len(items) - len(written), "position": token}
    return _json(content, {POSITION_HEADER: token})


def _json(content: object, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json", headers=headers)
