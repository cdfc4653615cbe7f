"""The page behind a respondent's link. It needs no script; its forms come only from the browser that was shown it."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, StringConstraints, ValidationError

from services.cases.api.answering import AnswerBody, Entrance, ProposeBody
from services.cases.domain import answering
from shared.answer_link import answer_path
from shared.errors import GateClosedError, InvalidError, RedressError, TooLargeError, UnsupportedMediaError
from shared.policy import Policy
from shared.web.access import public
from shared.web.commands import as_command
from shared.web.forms import FORM_COOKIE, demand_own_form, form_token, hand_out, nonce_of
from shared.web.hardening import PAGE

POSITIONS: Mapping[str, str] = {
    "accepted": "We accept it",
    "partly": "We accept a part of it",
    "disputed": "We dispute it",
    "no-action": "We will not act on it",
}
TOLD: Mapping[str, str] = {
    "answer": "Your answer was taken.",
    "proposal": "Your offer was taken. It binds nobody until it stands in a plan.",
    "evidence": "Your file was taken.",
}
TYPED: Mapping[str, str] = dict.fromkeys(
    ("position", "text", "remedy", "due_on", "workers", "amount", "currency", "description"), ""
)
_SHORT, _LONG = Form(max_length=300), Form(max_length=20_000)
Typed = Annotated[str, StringConstraints(max_length=300)]


class Offer(BaseModel):
    """What the form of an offer sends, as it was typed."""

    remedy: Typed = ""
    due_on: Typed = ""
    workers: Typed = ""
    amount: Typed = ""
    currency: Typed = ""
    description: Typed = ""
    form: Typed = ""


Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PlainRoute(APIRoute):
    """A route for people: a refusal is a page that says it in plain words."""

    def get_route_handler(self) -> Handler:
        """Return the handler with refusals written as pages."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError:
                return _page("shut.html", 422, detail="What was sent could not be read.", opens="Load the page again.")
            except RedressError as error:
                retry = error.fields.get("retry_after")
                headers = {"Retry-After": str(retry)} if retry else {}
                return _page("shut.html", error.status, headers, detail=error.detail, opens=error.fields.get("opens"))

        return handled


class Pages:
    """Shows what stands behind a link, with forms for what may come in through it."""

    def __init__(self, entrance: Entrance, policy: Policy) -> None:
        """Take the entrance and the words for remedies."""
        self.entrance = entrance
        self._remedies = {code: remedy.label for code, remedy in policy.remedies.items()}

    async def shown(self, request: Request, token: str, status: int = 200, refusal: str = "", **typed: str) -> Response:
        """Return the page; that it is shown is on record before."""
        let = await self.entrance.door.opened(self.entrance.link(token))
        nonce = nonce_of(request)
        answer = _page(
            "answer.html",
            status,
            brief=self.entrance.brief(let),
            here=answer_path(token),
            form_token=form_token(nonce),
            positions=POSITIONS,
            remedies=self._remedies,
            refusal=refusal,
            told=TOLD.get(request.query_params.get("taken", "")),
            typed={**TYPED, **typed},
        )
        hand_out(answer, request, nonce)
        return answer

    async def taken(
        self,
        request: Request,
        token: str,
        what: str,
        take: Callable[[], Coroutine[Any, Any, object]],
        **typed: str,
    ) -> Response:
        """Carry out what a form asks and go back to the page; a refusal is told on the page, with what was typed."""
        try:
            await take()
        except ValidationError as error:
            names = ", ".join(sorted({str(entry["loc"][-1]).replace("_", " ") for entry in error.errors()}))
            return await self.shown(request, token, 422, f"Nothing was stored. Correct: {names}.", **typed)
        except (InvalidError, GateClosedError, UnsupportedMediaError, TooLargeError) as error:
            return await self.shown(request, token, error.status, error.detail, **typed)
        return RedirectResponse(f"{answer_path(token)}?taken={what}", 303)


def answer_pages(entrance: Entrance, policy: Policy) -> APIRouter:
    """Return the routes of the page."""
    pages = Pages(entrance, policy)
    door = entrance.door
    routes = APIRouter(
        prefix="/cases/answer", include_in_schema=False, route_class=PlainRoute, dependencies=[Depends(public)]
    )

    @routes.get("/{token}")
    async def show(request: Request, token: str) -> Response:
        return await pages.shown(request, token)

    @routes.post("/{token}")
    async def answer(
        request: Request,
        token: str,
        position: Annotated[str, _SHORT] = "",
        text: Annotated[str, _LONG] = "",
        form: Annotated[str, _SHORT] = "",
    ) -> Response:
        demand_own_form(request, FORM_COOKIE, form)

        async def take() -> object:
            said = {"token": token, "position": position, "text": text or None}
            command = as_command(AnswerBody.model_validate(said), answering.AnswerByLink)
            return await door.answer(entrance.link(token), command)

        return await pages.taken(request, token, "answer", take, position=position, text=text)

    @routes.post("/{token}/evidence")
    async def hand_in(request: Request, token: str, file: UploadFile, form: Annotated[str, _SHORT] = "") -> Response:
        demand_own_form(request, FORM_COOKIE, form)

        async def take() -> object:
            return await door.hand_in(entrance.link(token), file.filename or "file", await file.read())

        return await pages.taken(request, token, "evidence", take)

    @routes.post("/{token}/proposals")
    async def propose(request: Request, token: str, asked: Annotated[Offer, Form()]) -> Response:
        demand_own_form(request, FORM_COOKIE, asked.form)
        typed = asked.model_dump(exclude={"form"})

        async def take() -> object:
            item = {name: value or None for name, value in typed.items() if name not in {"amount", "currency"}}
            if asked.amount or asked.currency:
                item["amount"] = {"amount": asked.amount, "currency": asked.currency}
            body = ProposeBody.model_validate({"token": token, "items": [item]})
            return await door.propose(entrance.link(token), as_command(body, answering.Propose))

        return await pages.taken(request, token, "proposal", take, **typed)

    return routes


def _page(template: str, status: int, headers: Mapping[str, str] | None = None, **words: object) -> Response:
    body = _environment.get_template(template).render(**words)
    return Response(body, status, media_type="text/html", headers={**PAGE, **(headers or {})})


def _day(moment: datetime) -> str:
    return moment.strftime("%d %B %Y")


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["day"] = _day
