"""The page where somebody types their receipt. No script; the code is sent in a form and never stands in an address."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, StringConstraints, ValidationError

from services.intake.api.models import MessageByReceipt
from services.intake.api.receipts import ReceiptDesk
from services.intake.templates import LANGUAGES, NAMES, spoken
from shared.errors import InvalidError, NotFoundError, TooManyError
from shared.ids import new_id
from shared.web.access import public
from shared.web.forms import FORM_COOKIE, demand_own_form, form_token, hand_out, nonce_of
from shared.web.hardening import PAGE

HERE = "/intake/receipt"
Short = Annotated[str, StringConstraints(max_length=100)]


class Typed(BaseModel):
    """What the form sends."""

    code: Short = ""
    text: Annotated[str, StringConstraints(max_length=20_000)] = ""
    key: Short = ""
    form: Short = ""
    language: Short = ""


def receipt_page(desk: ReceiptDesk) -> APIRouter:
    """Return the routes of the page."""
    router = APIRouter(prefix=HERE, include_in_schema=False, dependencies=[Depends(public)])

    @router.get("")
    async def ask(request: Request, language: str = "") -> Response:
        return _page(desk, request, _chosen(request, language))

    @router.post("")
    async def look(
        request: Request,
        typed: Annotated[Typed, Form()],
    ) -> Response:
        tag = _chosen(request, typed.language)
        try:
            demand_own_form(request, FORM_COOKIE, typed.form)
            first = await desk.message(request, typed.code)
            sent = bool(typed.text.strip())
            if sent:
                body = MessageByReceipt.model_validate({"text": typed.text, "key": typed.key or None})
                await desk.write(request, first, body.text, body.key)
            identity = first.envelope.stream_id
            standing = await desk.views.standing(identity)
        except (NotFoundError, InvalidError, ValidationError):
            return _page(desk, request, tag, 404, refusal=desk.words[tag].page.wrong)
        except TooManyError as error:
            return _page(desk, request, tag, error.status, refusal=desk.words[tag].page.slow)
        tag = spoken(typed.language, standing.language, request.headers.get("accept-language"))
        now, then = desk.words[tag].told(standing.state)
        replies = await desk.views.replies(identity)
        return _page(desk, request, tag, code=typed.code, now=now, then=then, replies=replies, sent=sent)

    return router


def _chosen(request: Request, language: str) -> str:
    return spoken(language, request.headers.get("accept-language"))


def _page(desk: ReceiptDesk, request: Request, tag: str, status: int = 200, **shown: object) -> Response:
    nonce = nonce_of(request)
    known = {"code": "", "now": "", "then": "", "replies": (), "sent": False, "refusal": "", **shown}
    body = _environment.get_template("receipt.html").render(
        here=HERE,
        tag=tag,
        words=desk.words[tag].page,
        languages=[(one, NAMES[one]) for one in LANGUAGES],
        form_token=form_token(nonce),
        key=new_id(),
        **known,
    )
    answer = Response(body, status, media_type="text/html", headers=dict(PAGE))
    hand_out(answer, request, nonce)
    return answer


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
