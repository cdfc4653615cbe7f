"""What a person may ask about themselves with nothing but their receipt: who opened my file, my data, a correction.

The receipt is the key: bits that only who sent a message and this office can know. It travels in the body, never
in an address, and an unknown one is answered like one that leads to nothing.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from shared.clock import Clock
from shared.eventstore.context import CommandContext
from shared.ids import new_id
from shared.notary.keeper import Keeper
from shared.privacy.persons import THEMSELVES, PersonalRecord, Rights
from shared.web.access import public
from shared.web.commands import Body, shown
from shared.web.fields import Line, Prose
from shared.web.ledger import proofs_of_stream
from shared.web.receipt_door import door_of

PROOF = "text/plain; charset=utf-8"
_PROOF = "c2sp.org/tlog-proof@v1\nextra ...\nindex 7\n...\n\nredress-5f3a09c1/intake\n1298\nXcnae...=\n\n..."
_RECEIPT = "7QK2-M9XA-4TBJ"
Receipt = Annotated[str, Field(min_length=12, max_length=30, description="As it was given with the first message.")]


class Mine(Body):
    """Who asks: the holder of this receipt."""

    model_config = shown({"receipt": _RECEIPT})

    receipt: Receipt


class Correction(Mine):
    """What the holder of the receipt says is otherwise than on record."""

    model_config = shown({"receipt": _RECEIPT, "about": "summary", "text": "It was my sister who paid the fee."})

    about: Line
    text: Prose


def _answers(example: object) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "Done.", "content": {"application/json": {"example": example}}}}


def mine_router(
    records: Mapping[str, PersonalRecord], rights: Rights, clock: Clock, ledger: Keeper | None
) -> APIRouter:
    """Return the routes of a person's rights over the services of a process; `ledger` is that of their messages."""
    router = APIRouter(prefix="/rights/v1", tags=["rights"], dependencies=[Depends(public)])

    async def subject_of(mine: Mine, request: Request) -> UUID:
        door = door_of(request)
        door.knock(request)
        subject = await rights.person_of(mine.receipt)
        if subject is None:
            raise door.opens_nothing()
        return subject

    if ledger is not None:
        _proving(router, rights, ledger)

    @router.post(
        "/openings",
        summary="Who opened my file?",
        responses=_answers(
            {"items": [{"told": "On 02 March 2026 at 02:30 UTC operator-mae-sot (operator) opened ..."}]}
        ),
    )
    async def list_openings(mine: Mine, request: Request) -> Response:
        subject = await subject_of(mine, request)
        found = [one for record in records.values() for one in await record.opened(subject)]
        return _json({"items": sorted(found, key=lambda one: one.at)})

    @router.post("/export", summary="What do you keep of me?", responses=_answers({"services": {"intake": []}}))
    async def export(mine: Mine, request: Request) -> Response:
        subject = await subject_of(mine, request)
        kept = {name: await record.kept(subject, clock()) for name, record in records.items()}
        return _json({"subject": subject, "exported_at": clock(), "services": kept})

    @router.post("/correct", summary="Something you keep of me is wrong", responses=_answers({"taken": True}))
    async def take_correction(mine: Correction, request: Request) -> Response:
        subject = await subject_of(mine, request)
        context = CommandContext(actor=THEMSELVES, now=clock(), correlation_id=new_id(), subject=subject)
        await rights.correct(subject=subject, about=mine.about, text=mine.text, context=context)
        return _json({"taken": True})

    return router


def _proving(router: APIRouter, rights: Rights, ledger: Keeper) -> None:
    @router.post(
        "/proof",
        summary="Prove that my message is on record, and when it came",
        responses={
            200: {"description": "C2SP tlog-proof, to be verified offline.", "content": {PROOF: {"example": _PROOF}}}
        },
    )
    async def prove(mine: Mine, request: Request) -> Response:
        """Return a file that says nothing of who wrote what: times, ids made of chance, and hashes."""
        door = door_of(request)
        door.knock(request)
        message = await rights.message_of(mine.receipt)
        if message is None:
            raise door.opens_nothing()
        head = message.envelope
        proofs = await proofs_of_stream(ledger, head.stream_id, head.tenant)
        named = {"Content-Disposition": 'attachment; filename="receipt.tlog-proof"', "Cache-Control": "no-store"}
        return Response(proofs, media_type=PROOF, headers=named)


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json", headers={"Cache-Control": "no-store"})
