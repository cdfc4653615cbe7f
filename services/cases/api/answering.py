"""Routes for who answers by a link, without a key: the token in the body is what opens, and only its own escalation."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Response
from pydantic import Base64Bytes, Field

from services.cases.api import examples
from services.cases.api.doing import OFFICE, CommandRoute, command_routes
from services.cases.api.examples import shown
from services.cases.api.reading import Opening, json_answer
from services.cases.api.words import PREFIX, CommandBody, RemedyCode, example
from services.cases.application import Answering, Let
from services.cases.domain import answering
from services.cases.domain.sniffing import MOST_BYTES
from services.cases.views import Briefs, Files, Records
from shared.events.cases import ResponsePosition
from shared.rights import Caller
from shared.web.access import allow, public
from shared.web.commands import Body, as_command
from shared.web.consistency import POSITION_HEADER, position_token
from shared.web.fields import Line, MoneyField, Prose, Workers
from shared.web.rates import Rates

_TOKEN = "the-link-that-came-with-the-letter-to-the-the-link-tha"  # noqa: S105 - an example
LINK = "0190f2c4-7a3e-7c11-9c0e-3f5b8a1d2e51"
PER_SECOND, BURST = 0.2, 30.0
"""How often one link may be used: thirty times in a row, then every five seconds."""

Token = Annotated[str, Field(min_length=20, max_length=100, description="The last part of the link.")]


class ByLink(Body):
    """Who holds the link."""

    model_config = example(token=_TOKEN)

    token: Token


class AnswerBody(ByLink):
    """What the respondent says to the request; said once."""

    model_config = example(token=_TOKEN, position="partly", text="Fees of twelve workers were taken by a broker.")

    position: ResponsePosition
    text: Annotated[Prose | None, Field(description="Needed where something is disputed.")] = None


class ProposedItemBody(Body):
    """Something that the respondent offers to do."""

    remedy: RemedyCode
    due_on: date
    workers: Workers = 1
    amount: MoneyField | None = None
    description: Line | None = None


class ProposeBody(ByLink):
    """An offer; it binds nobody until the complainant was consulted on it and it stands in a plan."""

    model_config = example(token=_TOKEN, items=[{"remedy": "RM-FEE", "due_on": "2026-04-30", "workers": 12}])

    items: Annotated[tuple[ProposedItemBody, ...], Field(min_length=1, max_length=answering.MOST_PROPOSED)]


class EvidenceBody(ByLink):
    """A file: PDF, PNG, JPEG or plain text."""

    model_config = example(token=_TOKEN, name="receipts.pdf", content="JVBERi0xLjcK")

    name: Line
    content: Annotated[Base64Bytes, Field(max_length=MOST_BYTES, description="In base 64.")]


class IssueLinkBody(CommandBody):
    """For which escalation a new link is given out."""

    model_config = example(escalation_id=LINK)

    escalation_id: UUID


class RevokeLinkBody(CommandBody):
    """Which link ends, and why."""

    model_config = example(link_id=LINK, reason="It was sent to a wrong address.")

    link_id: UUID
    reason: Line


COMMANDS: Sequence[CommandRoute] = (
    CommandRoute("issue-link", IssueLinkBody, answering.IssueLink, Answering.issue),
    CommandRoute("revoke-link", RevokeLinkBody, answering.RevokeLink, Answering.revoke),
)


FILE: dict[int | str, dict[str, Any]] = shown(200, examples.EVIDENCE)
FILE[200]["content"]["application/octet-stream"] = {"example": "%PDF-1.7"}


class Entrance:
    """Lets a token in, so many times in a while, and no further than to its own escalation."""

    def __init__(self, door: Answering, briefs: Briefs) -> None:
        """Begin with full buckets."""
        self.door = door
        self._briefs = briefs
        self._rates = Rates(PER_SECOND, BURST)

    def link(self, token: str) -> UUID:
        """Return the link of a token; a `NotFoundError` for a wrong one, a `TooManyError` for one used too often."""
        link_id = self.door.link(token)
        self._rates.take("", str(link_id))
        return link_id

    def brief(self, let: Let) -> dict[str, object]:
        """Return what stands behind the link."""
        return self._briefs.shown(let.case, let.link_id)

    def answered(self, let: Let) -> Response:
        """Answer with what stands behind the link now."""
        token = position_token(self.door.store.source, let.written.position)
        headers = {"Cache-Control": "no-store", POSITION_HEADER: token}
        return Response(msgspec.json.encode(self.brief(let)), media_type="application/json", headers=headers)


def link_routes(door: Answering, records: Records, files: Files) -> Sequence[APIRouter]:
    """Return the routes of the office: give out, take back, and list links."""
    routes = APIRouter(prefix=PREFIX, tags=["cases"])

    @routes.get(
        "/cases/{case_id}/answer-links",
        summary="List the links by which respondents answer",
        responses=shown(200, examples.LINKS),
    )
    async def list_links(case_id: UUID, caller: Annotated[Caller, Depends(allow(*OFFICE))]) -> Response:
        case = await records.reached(caller, case_id)
        items: list[dict[str, Any]] = [
            {
                **msgspec.structs.asdict(link.issued),
                **msgspec.structs.asdict(link),
                "path": door.path(link.issued.link_id),
            }
            for link in case.door.links
        ]
        for item in items:
            del item["issued"]
        return json_answer({"items": items, "total": len(items)})

    @routes.get(
        "/cases/{case_id}/evidence/{evidence_id}",
        summary="Fetch a file that a respondent handed in; without a purpose only what it is",
        responses=FILE,
    )
    async def get_evidence(
        case_id: UUID, evidence_id: UUID, caller: Annotated[Caller, Depends(allow(*OFFICE))], asked: Opening
    ) -> Response:
        case = await records.reached(caller, case_id)
        if asked is None:
            return json_answer(files.described(case, evidence_id))
        content = await files.content(case, evidence_id, asked)
        headers = {"Content-Disposition": f'attachment; filename="{evidence_id}.bin"', "Cache-Control": "no-store"}
        return Response(content, media_type="application/octet-stream", headers=headers)

    return command_routes(door, COMMANDS), routes


def answer_routes(entrance: Entrance) -> APIRouter:
    """Return the routes for the holders of links."""
    routes = APIRouter(prefix=f"{PREFIX}/answers", tags=["answers"], dependencies=[Depends(public)])
    door = entrance.door

    @routes.post("/open", summary="Read the request behind a link", responses=shown(200, examples.BRIEF))
    async def open_brief(body: ByLink) -> Response:
        return entrance.answered(await door.opened(entrance.link(body.token)))

    @routes.post("/answer", summary="Answer it", responses=shown(200, examples.BRIEF))
    async def answer(body: AnswerBody) -> Response:
        command = answering.AnswerByLink(position=body.position, text=body.text)
        return entrance.answered(await door.answer(entrance.link(body.token), command))

    @routes.post("/evidence", summary="Hand in a file", responses=shown(200, examples.BRIEF))
    async def hand_in(body: EvidenceBody) -> Response:
        return entrance.answered(await door.hand_in(entrance.link(body.token), body.name, body.content))

    @routes.post("/propose", summary="Offer to do something", responses=shown(200, examples.BRIEF))
    async def propose(body: ProposeBody) -> Response:
        command = as_command(body, answering.Propose)
        return entrance.answered(await door.propose(entrance.link(body.token), command))

    return routes
