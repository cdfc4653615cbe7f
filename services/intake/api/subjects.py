"""Routes about a person as a whole: erased with a proof, held, corrected."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Response
from pydantic import Field

from services.intake.application import Subjects
from shared.events.privacy import ErasureReason
from shared.eventstore.context import CommandContext
from shared.rights import Caller, Role
from shared.web.access import allow
from shared.web.commands import Body, Commanded, answer, shown
from shared.web.fields import Line, Prose
from shared.web.lean import LeanRoute

PREFIX = "/intake/v1/subjects/{subject}"
ANSWERABLE = (Role.SUPERVISOR, Role.ADMIN)
DESK = (Role.OPERATOR, Role.SAFEGUARDING, *ANSWERABLE)

_SUBJECT = "0c6e0d1e-9d5f-4a0f-8d0e-2f4f6c1b3a5d"
_PROOF = {
    "document": "redress proof of erasure, version 1",
    "subject": _SUBJECT,
    "erased_at": "2026-03-02T02:30:00+00:00",
    "reason": "request",
    "keys": [f"{_SUBJECT}/1/kek-1"],
    "public_key": "k2qrW6nY…",
    "signature": "9sKq2m…",
}


class EraseSubject(Body):
    """Why the data of a person is erased. It cannot be undone."""

    model_config = shown({"reason": "request"})

    reason: ErasureReason


class HoldSubject(Body):
    """Who demands that nothing is erased, and under which file."""

    model_config = shown({"order": "Labour Court Region 2, file 114/2569"})

    order: Line


class CorrectSubject(Body):
    """What a person says is otherwise than on record."""

    model_config = shown({"about": "summary", "text": "It was my sister who paid the fee."})

    about: Annotated[Line, Field(description="Which field or statement.")]
    text: Prose


def _answers(example: object) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "Done.", "content": {"application/json": {"example": example}}}}


def subjects_router(subjects: Subjects) -> APIRouter:
    """Return the routes about persons; `subject` is the pseudonym that reports and cases show."""
    router = APIRouter(prefix=PREFIX, tags=["intake"], route_class=LeanRoute)
    done = {"subject": _SUBJECT, "version": 1, "position": "intake:44"}

    @router.post("/erase", summary="Erase a person, with a proof", responses=_answers(_PROOF))
    async def erase_subject(
        subject: UUID, body: EraseSubject, context: CommandContext = Commanded(*ANSWERABLE)
    ) -> Response:
        return _json(await subjects.erase(subject=subject, reason=body.reason, context=context))

    @router.post("/hold", summary="Keep what is on record about a person", responses=_answers(done))
    async def hold_subject(
        subject: UUID, body: HoldSubject, context: CommandContext = Commanded(*ANSWERABLE)
    ) -> Response:
        written = await subjects.hold(subject=subject, order=body.order, context=context)
        return answer(written, "intake", {"subject": subject})

    @router.post("/lift-hold", summary="End a hold", responses=_answers(done))
    async def lift_hold(subject: UUID, body: HoldSubject, context: CommandContext = Commanded(*ANSWERABLE)) -> Response:
        written = await subjects.lift_hold(subject=subject, order=body.order, context=context)
        return answer(written, "intake", {"subject": subject})

    @router.post("/correct", summary="Take down a correction", responses=_answers(done))
    async def correct_subject(
        subject: UUID, body: CorrectSubject, context: CommandContext = Commanded(*DESK)
    ) -> Response:
        written = await subjects.correct(subject=subject, about=body.about, text=body.text, context=context)
        return answer(written, "intake", {"subject": subject})

    return router


def proofs_router(subjects: Subjects) -> APIRouter:
    """Return the route that shows a proof again."""
    router = APIRouter(prefix=PREFIX, tags=["intake"])

    @router.get(
        "/proof",
        summary="Read the proof of an erasure",
        responses=_answers(_PROOF),
    )
    async def get_proof(
        subject: UUID, caller: Annotated[Caller, Depends(allow(*ANSWERABLE, Role.AUDITOR))]
    ) -> Response:
        return _json(await subjects.proof(subject=subject, tenant=caller.tenant))

    return router


def _json(content: object) -> Response:
    return Response(msgspec.json.encode(content), media_type="application/json")
