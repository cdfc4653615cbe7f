"""Pages for people: the dashboard, signing in and out, and the style they share. They work without scripts."""

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.reporting.api.answers import moment
from services.reporting.api.dashboard import QUESTIONS, number
from services.reporting.api.reports import of_readers
from services.reporting.api.sections import sections, tiles
from services.reporting.views.engine import Figures
from services.reporting.views.questions import Figure
from shared.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from shared.policy import Policy, default_policy
from shared.rights import Caller
from shared.web.access import SESSION_COOKIE, Gatekeeper, public
from shared.web.consistency import caught_up
from shared.web.forms import FORM_COOKIE, demand_own_form, form_token, new_nonce
from shared.web.hardening import PAGE

SESSION_SECONDS = 12 * 3600
_HERE = Path(__file__).parent
_FORM_PLACE = "@@form-token@@"
_STYLES: Mapping[str, str] = {"reporting.css": "text/css", "mark.svg": "image/svg+xml"}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route for people: who is not known sees the sign-in form, who may not see the page is told so."""

    def get_route_handler(self) -> Handler:
        """Return the handler with refusals written as pages."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except UnauthenticatedError:
                return sign_in_page(request, 401)
            except ForbiddenError as error:
                return sign_in_page(request, 403, refusal=error.detail)

        return handled


class Dashboard:
    """The rendered page, kept as long as no log has moved on and the hour is the same minute."""

    def __init__(self, figures: Figures, policy: Policy) -> None:
        """Take the figures and the labels of issues and severities."""
        self._figures = figures
        self._policy = policy
        self._kept: tuple[tuple[object, ...], dict[str, bytes]] = ((), {})

    async def rendered(self, now: str, tenant: str) -> bytes:
        """Return the page of a tenant as of this minute."""
        key = (now, *(await self._figures.positions()).items())
        if self._kept[0] != key:
            self._kept = (key, {})
        pages = self._kept[1]
        if tenant not in pages:
            asked = [msgspec.structs.replace(question, tenant=tenant) for question in QUESTIONS.values()]
            answers = await self._figures.answers(asked)
            pages[tenant] = self._written(dict(zip(QUESTIONS, answers, strict=True)))
        return pages[tenant]

    def _written(self, figures: Mapping[str, Figure]) -> bytes:
        first = figures["volume"]
        empty = not figures["volume_total"].rows and not figures["closing"].rows
        return _render(
            "dashboard.html",
            empty=empty,
            as_of=moment(first.as_of.replace(second=0, microsecond=0)),
            positions=first.positions,
            tiles=tiles(figures),
            sections=[] if empty else sections(figures, self._policy),
            definitions=self._figures.definitions.values(),
            form_token=_FORM_PLACE,
        )


def pages_router(figures: Figures, policy: Policy | None = None) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False)
    dashboard = Dashboard(figures, policy or default_policy())
    reading = APIRouter(route_class=PageRoute, dependencies=[Depends(caught_up)])

    @reading.get("/")
    async def show_dashboard(request: Request, caller: Annotated[Caller, Depends(of_readers)]) -> Response:
        now = request.app.state.clock()
        body = await dashboard.rendered(now.strftime("%Y-%m-%dT%H:%M"), caller.tenant)
        token = form_token(request.cookies.get(SESSION_COOKIE, ""))
        return _html(body.replace(_FORM_PLACE.encode(), token.encode()), 200)

    router.include_router(reading)
    router.include_router(_session())
    return router


def _session() -> APIRouter:
    router = APIRouter(route_class=PageRoute, dependencies=[Depends(public)])

    @router.post("/sign-in")
    async def sign_in(
        request: Request, key: Annotated[str, Form(max_length=200)], form: Annotated[str, Form(max_length=200)] = ""
    ) -> Response:
        demand_own_form(request, FORM_COOKIE, form)
        gatekeeper: Gatekeeper = request.app.state.gatekeeper
        session = await gatekeeper.open_session(key.strip())
        if session is None:
            return sign_in_page(request, 401, wrong_key=True)
        answer = RedirectResponse("/", 303)
        _set_cookie(answer, request, SESSION_COOKIE, session, SESSION_SECONDS)
        return answer

    @router.post("/sign-out")
    async def sign_out(request: Request, form: Annotated[str, Form(max_length=200)] = "") -> Response:
        session = request.cookies.get(SESSION_COOKIE)
        if session:
            demand_own_form(request, SESSION_COOKIE, form)
            gatekeeper: Gatekeeper = request.app.state.gatekeeper
            await gatekeeper.close_session(session)
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict", secure=_over_tls(request))
        return answer

    @router.get("/static/{name}")
    async def style(name: str) -> Response:
        if name not in _STYLES:
            raise NotFoundError("There is no such file.")
        headers = {"Cache-Control": "max-age=3600"}
        return Response((_HERE / "static" / name).read_bytes(), media_type=_STYLES[name], headers=headers)

    return router


def sign_in_page(request: Request, status: int, *, wrong_key: bool = False, refusal: str | None = None) -> Response:
    """Return the sign-in form, with a token that only the browser it was given to can send back."""
    nonce = request.cookies.get(FORM_COOKIE) or new_nonce()
    headers = {"WWW-Authenticate": "Bearer"} if status == UnauthenticatedError.status else {}
    words = {"refusal": refusal} if refusal is not None else {}
    answer = page("sign-in.html", status, headers=headers, wrong_key=wrong_key, form_token=form_token(nonce), **words)
    _set_cookie(answer, request, FORM_COOKIE, nonce, SESSION_SECONDS)
    return answer


def _set_cookie(answer: Response, request: Request, name: str, value: str, seconds: int) -> None:
    secure = _over_tls(request)
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure, path="/")


def _over_tls(request: Request) -> bool:
    return bool(request.app.state.behind_tls) or request.url.scheme == "https"


def page(template: str, status: int, *, headers: Mapping[str, str] | None = None, **words: object) -> Response:
    """Return a page for people."""
    return _html(_render(template, **words), status, headers or {})


def _html(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, media_type="text/html", headers={**PAGE, **(headers or {})})


def _render(template: str, **words: object) -> bytes:
    return _environment.get_template(template).render(**words).encode()


_environment = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["number"] = number
