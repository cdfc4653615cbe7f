"""Routes that change something. The commands on a case are all alike, so they are a table and a loop."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import msgspec
from fastapi import APIRouter, Response
from msgspec.structs import replace

from services.cases.api import bodies, remedy_bodies
from services.cases.api.examples import OPENED, REGISTERED, TRIED, WRITTEN, shown
from services.cases.api.words import PREFIX, CommandBody, GuardedBody
from services.cases.application import Cases, case_number
from services.cases.domain import commands
from services.cases.domain.handling import GiveFeedback, Hold, Release
from services.cases.domain.tasks import AddTask, FinishTask
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore, Written
from shared.rights import Override, Role
from shared.web.commands import Commanded, answer, as_command, true_since
from shared.web.lean import LeanRoute

OFFICE = (Role.OPERATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.ADMIN)
HEADS = (Role.SUPERVISOR, Role.SAFEGUARDING, Role.ADMIN)

CREATED = 201


class Doer(Protocol):
    """Whoever carries out commands, on the record of this service."""

    store: EventStore


class CommandRoute(NamedTuple):
    """One command on a case: path, what comes in, what the domain wants, who carries it out, who may ask."""

    path: str
    body: type[CommandBody]
    command: type[msgspec.Struct]
    method: Callable[..., Coroutine[Any, Any, Written]]
    roles: tuple[Role, ...] = OFFICE


COMMANDS = (
    CommandRoute("acknowledge", bodies.AcknowledgeBody, commands.Acknowledge, Cases.acknowledge),
    CommandRoute("safe-contact", bodies.SafeContactBody, commands.SetSafeContact, Cases.safe_contact),
    CommandRoute("feedback", bodies.FeedbackBody, GiveFeedback, Cases.feedback),
    CommandRoute("hold", bodies.HoldBody, Hold, Cases.hold),
    CommandRoute("release", bodies.ReleaseBody, Release, Cases.release),
    CommandRoute("triage", bodies.TriageBody, commands.TriageCase, Cases.triage),
    CommandRoute("assign", bodies.AssignBody, commands.Assign, Cases.assign),
    CommandRoute("satisfaction", bodies.SatisfactionBody, commands.RecordSatisfaction, Cases.record_satisfaction),
    CommandRoute("note", bodies.NoteBody, commands.AddNote, Cases.note),
    CommandRoute("task", bodies.TaskBody, AddTask, Cases.task),
    CommandRoute("finish-task", bodies.FinishTaskBody, FinishTask, Cases.finish_task),
    CommandRoute("consent", bodies.ConsentBody, commands.RecordConsent, Cases.consent),
    CommandRoute("withdraw-consent", bodies.WithdrawConsentBody, commands.WithdrawConsent, Cases.withdraw_consent),
    CommandRoute("name-respondent", bodies.NameRespondentBody, commands.NameRespondent, Cases.name_respondent),
    CommandRoute("escalate", bodies.EscalateBody, commands.Escalate, Cases.escalate),
    CommandRoute("respond", bodies.RespondBody, commands.Respond, Cases.respond, (*OFFICE, Role.PARTNER)),
    CommandRoute("plan", remedy_bodies.PlanBody, commands.AgreePlan, Cases.plan),
    CommandRoute("complete-item", remedy_bodies.CompleteItemBody, commands.CompleteItem, Cases.complete_item),
    CommandRoute("verify-item", remedy_bodies.VerifyItemBody, commands.VerifyItem, Cases.verify_item),
    CommandRoute("close", remedy_bodies.CloseBody, commands.CloseCase, Cases.close),
    CommandRoute("reopen", remedy_bodies.ReopenBody, commands.ReopenCase, Cases.reopen),
    CommandRoute("declare-conflict", bodies.ConflictBody, commands.DeclareConflict, Cases.declare_conflict),
    CommandRoute("lift-conflict", bodies.ConflictBody, commands.LiftConflict, Cases.lift_conflict, HEADS),
)


def opening_routes(cases: Cases) -> APIRouter:
    """Return the routes that begin something."""
    routes = APIRouter(prefix=PREFIX, tags=["cases"], route_class=LeanRoute)

    @routes.post("/cases", status_code=CREATED, summary="Open a case", responses=shown(CREATED, OPENED))
    async def open_case(body: bodies.OpenCaseBody, context: CommandContext = Commanded(*OFFICE)) -> Response:
        circumstances = true_since(context, body.occurred_at)
        written = await cases.open(context=circumstances, command=as_command(body, commands.OpenCase))
        found: dict[str, object] = {"case_id": written.stream_id, "number": case_number(written.stream_id)}
        return answer(written, cases.store.source, found, CREATED)

    @routes.post(
        "/organisations",
        status_code=CREATED,
        summary="Register an organisation",
        responses=shown(CREATED, REGISTERED),
    )
    async def register(body: bodies.OrganisationBody, context: CommandContext = Commanded(*OFFICE)) -> Response:
        circumstances = true_since(context, body.occurred_at)
        command = as_command(body, commands.RegisterOrganisation)
        written = await cases.register_organisation(context=circumstances, command=command)
        return answer(written, cases.store.source, {"organisation_id": written.stream_id}, CREATED)

    return routes


def code_word_route(cases: Cases) -> APIRouter:
    """Return the route that compares a code word."""
    routes = APIRouter(prefix=PREFIX, tags=["cases"], route_class=LeanRoute)

    @routes.post("/cases/{case_id}/try-code-word", summary="Compare a word that was said", responses=shown(200, TRIED))
    async def try_code_word(
        case_id: UUID, body: bodies.CodeWordBody, context: CommandContext = Commanded(*OFFICE)
    ) -> Response:
        wanted = as_command(body, commands.TryCodeWord)
        written, matched = await cases.try_code_word(context=context, case_id=case_id, command=wanted)
        return answer(written, cases.store.source, {"matched": matched})

    return routes


def command_routes(doer: Doer, table: Sequence[CommandRoute] = COMMANDS) -> APIRouter:
    """Return a route for every command on a case in a table; the methods are those of `doer`."""
    routes = APIRouter(prefix=PREFIX, tags=["cases"], route_class=LeanRoute)
    for route in table:
        routes.add_api_route(
            f"/cases/{{case_id}}/{route.path}",
            _endpoint(route, doer),
            methods=["POST"],
            operation_id=f"case_{route.path.replace('-', '_')}",
            summary=(route.command.__doc__ or "").split("\n", 1)[0],
            responses=shown(200, WRITTEN),
        )
    return routes


def overriding(context: CommandContext, body: CommandBody) -> CommandContext:
    """Take over which gate the caller wishes to pass."""
    wish = body.override if isinstance(body, GuardedBody) else None
    return context if wish is None else replace(context, override=Override(wish.gate, wish.reason))


def _endpoint(route: CommandRoute, doer: Doer) -> Callable[..., Coroutine[Any, Any, Response]]:
    async def command(case_id: UUID, body: Any, context: CommandContext = Commanded(*route.roles)) -> Response:
        circumstances = overriding(true_since(context, body.occurred_at), body)
        wanted = as_command(body, route.command)
        written = await route.method(doer, context=circumstances, case_id=case_id, command=wanted)
        return answer(written, doer.store.source)

    command.__annotations__["body"] = route.body
    return command
