"""Messages in: natively, and as CloudEvents."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from services.intake.application import Intake, Taken
from services.intake.channels.cloudevents import BATCH, STRUCTURED, SUBMITTED, events_in, message_in
from services.intake.channels.native import EXAMPLE, NativeMessage
from services.intake.views import IntakeViews
from shared.errors import RedressError
from shared.eventstore.context import CommandContext
from shared.rights import Caller, Role
from shared.web.access import allow
from shared.web.commands import Commanded, true_since
from shared.web.consistency import POSITION_HEADER, caught_up, position_token
from shared.web.lean import LeanRoute

SENDERS = (Role.CHANNEL, Role.OPERATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.ADMIN)
Reader = Annotated[Caller, Depends(allow(*SENDERS, Role.AUDITOR))]

TAKEN = {
    "message_id": "5e8c3a52-7d5c-5f0e-9a3b-0f6d5e1c2b7a",
    "receipt": "7QK2-M9XA-4TBJ",
    "position": "intake:17",
}
_EVENT = {
    "specversion": "1.0",
    "id": "msg-000018",
    "source": "golden-dreams-app",
    "type": SUBMITTED,
    "data": {name: EXAMPLE[name] for name in ("channel", "sender", "text", "language")},
}


def _answers(description: str, example: object) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"example": example}}}


PREFIX = "/intake/v1"


def messages_router(views: IntakeViews) -> APIRouter:
    """Return the route by which a channel asks where a message went."""
    router = APIRouter(prefix=PREFIX, tags=["intake"])

    @router.get(
        "/messages/{message_id}",
        summary="Where a message went",
        dependencies=[Depends(caught_up)],
        responses={200: _answers("The message.", TAKEN | {"report_id": "0c6e0d1e-9d5f-5a0f-8d0e-2f4f6c1b3a5d"})},
    )
    async def get_message(message_id: UUID, caller: Reader) -> Response:
        return Response(msgspec.json.encode(await views.message(caller, message_id)), media_type="application/json")

    return router


def submitting_router(intake: Intake, batch_limit: int) -> APIRouter:
    """Return the routes by which messages come in."""
    router = APIRouter(prefix=PREFIX, tags=["intake"], route_class=LeanRoute)

    @router.post(
        "/messages",
        status_code=202,
        summary="Submit a message",
        responses={202: _answers("On the record.", TAKEN), 200: _answers("It was there already.", TAKEN)},
    )
    async def submit_message(body: NativeMessage, context: CommandContext = Commanded(*SENDERS)) -> Response:
        taken = await _take(intake, body, context)
        return _answer(_taken(taken), 200 if taken.repeated else 202, taken)

    @router.post(
        "/events",
        status_code=202,
        summary="Submit messages as CloudEvents",
        description="Structured, batch or binary. Each event of a batch is taken or refused by itself.",
        responses={
            202: _answers("Taken.", TAKEN),
            207: _answers("Of a batch, some were refused.", {"items": [{"index": 0, "status": 202} | TAKEN]}),
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    STRUCTURED: {"schema": {"type": "object"}, "example": _EVENT},
                    BATCH: {"schema": {"type": "array", "items": {"type": "object"}}, "example": [_EVENT]},
                },
            }
        },
    )
    async def submit_events(request: Request, context: CommandContext = Commanded(*SENDERS)) -> Response:
        events = events_in(request.headers, await request.body(), batch_limit)
        if request.headers.get("content-type", "").startswith(BATCH):
            items = [await _item(intake, index, event, context) for index, event in enumerate(events)]
            refused = any(item["status"] >= 400 for item in items)  # noqa: PLR2004 - where HTTP's refusals begin
            return _answer({"items": items}, 207 if refused else 202)
        taken = await _take(intake, message_in(events[0]), context)
        return _answer(_taken(taken), 200 if taken.repeated else 202, taken)

    return router


async def _take(intake: Intake, message: NativeMessage, context: CommandContext) -> Taken:
    return await intake.receive(message=message.received(), context=true_since(context, message.occurred_at))


async def _item(intake: Intake, index: int, event: object, context: CommandContext) -> dict[str, Any]:
    try:
        taken = await _take(intake, message_in(event), context)
    except RedressError as error:
        problem = {"type": f"urn:redress:problem:{error.slug}", "detail": error.detail} | error.fields
        return {"index": index, "status": error.status, "problem": problem}
    return {"index": index, "status": 200 if taken.repeated else 202} | _taken(taken)


def _taken(taken: Taken) -> dict[str, Any]:
    position = position_token("intake", taken.position)
    return {"message_id": taken.message_id, "receipt": taken.receipt, "position": position}


def _answer(content: dict[str, Any], status: int, taken: Taken | None = None) -> Response:
    headers = {POSITION_HEADER: position_token("intake", taken.position)} if taken else {}
    return Response(msgspec.json.encode(content), status, media_type="application/json", headers=headers)
