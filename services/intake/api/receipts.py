"""What a person can do with nothing but their receipt: see how far it is, read what the office wrote, write on."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from services.intake.api.models import MessageByReceipt
from services.intake.application import Intake, Taken
from services.intake.templates import Words, spoken
from services.intake.views import ReceiptViews, Standing
from shared.events.envelope import Recorded
from shared.events.intake import MessageReceived
from shared.eventstore.context import CommandContext
from shared.ids import new_id
from shared.privacy.persons import THEMSELVES
from shared.web.access import public
from shared.web.consistency import position_token
from shared.web.fields import Language as Tag
from shared.web.receipt_door import door_of

CHANNEL = "receipt"
"""The channel of what comes in by a receipt."""

_STANDING = {
    "state": "received",
    "now": "We have your message. Nobody has decided about it yet.",
    "next": "We will read it and write to you here. You need not do anything.",
    "language": "en",
    "received_on": "2026-03-01",
    "replies": 0,
}
_WRITTEN = {"taken": True, "position": "intake:21"}
Wanted = Annotated[Tag | None, Query(description="The language to answer in; the sender's own when left out.")]


def _answers(example: object) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "Done.", "content": {"application/json": {"example": example}}}}


class ReceiptDesk:
    """Finds what a receipt leads to; behind it nobody is known by name."""

    def __init__(self, intake: Intake, views: ReceiptViews, words: Mapping[str, Words]) -> None:
        """Take the two sides of intake and the texts."""
        self._intake = intake
        self.views = views
        self.words = words

    async def message(self, request: Request, code: str) -> Recorded:
        """Return the message of a receipt; one that leads nowhere is counted."""
        door = door_of(request)
        door.knock(request)
        found = await self._intake.message_of(code)
        if found is None:
            raise door.opens_nothing()
        return found

    async def write(self, request: Request, first: Recorded, text: str, key: str | None) -> Taken:
        """Take in what the holder of the receipt writes."""
        begun = first.event
        if not isinstance(begun, MessageReceived):
            raise TypeError("a receipt is given for a message")
        head = first.envelope
        now = request.app.state.clock()
        message = MessageReceived(
            channel=CHANNEL,
            account=begun.account,
            external_id=f"{head.stream_id}/{key or new_id()}",
            text=text,
            language=begun.language,
            country=begun.country,
            continues=head.stream_id,
        )
        context = CommandContext(
            actor=THEMSELVES, now=now, correlation_id=new_id(), tenant=head.tenant, subject=head.subject
        )
        return await self._intake.receive(message=message, context=context)

    def language(self, request: Request, wanted: str | None, standing: Standing) -> str:
        """Return the language to answer in."""
        return spoken(wanted, standing.language, request.headers.get("accept-language"))


def receipts_router(desk: ReceiptDesk) -> APIRouter:
    """Return the routes for apps and hotlines; the page for people stands beside it."""
    router = APIRouter(prefix="/intake/v1/receipts", tags=["receipts"], dependencies=[Depends(public)])

    @router.get("/{code}", summary="How far is my report?", responses=_answers(_STANDING))
    async def read_receipt(code: str, request: Request, language: Wanted = None) -> Response:
        standing = await desk.views.standing((await desk.message(request, code)).envelope.stream_id)
        tag = desk.language(request, language, standing)
        now, then = desk.words[tag].told(standing.state)
        told = {"state": standing.state, "now": now, "next": then, "language": tag, "replies": standing.replies}
        return _json(told | {"received_on": standing.received_on.date()})

    @router.get(
        "/{code}/messages",
        summary="What did the office write to me?",
        responses=_answers({"items": [{"at": "2026-03-02T02:30:00Z", "text": "We called the factory."}]}),
    )
    async def read_replies(code: str, request: Request) -> Response:
        first = await desk.message(request, code)
        return _json({"items": await desk.views.replies(first.envelope.stream_id)})

    @router.post("/{code}/messages", summary="Write on, with nothing but the receipt", responses=_answers(_WRITTEN))
    async def write_on(code: str, body: MessageByReceipt, request: Request) -> Response:
        first = await desk.message(request, code)
        taken = await desk.write(request, first, body.text, body.key)
        return _json({"taken": True, "position": position_token("intake", taken.position)})

    return router


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
