"""Pages for people: the dashboard, signing in and out, and the style they share. They work without scripts."""

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.reporting.api.dashboard import number
from services.reporting.api.wording import LANGUAGE_COOKIE, LANGUAGES, language_of, words_in
from shared.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from shared.web.access import SESSION_COOKIE, Gatekeeper, public
from shared.web.forms import FORM_COOKIE, demand_own_form, form_token, new_nonce
from shared.web.hardening import PAGE

SESSION_SECONDS = 12 * 3600
GUARDS: Mapping[str, str] = {
    **PAGE,
    "Content-Security-Policy": f"{PAGE['Content-Security-Policy']}; script-src 'self'",
}
"""What pages of figures allow browsers beyond other pages: our own script, which they can do without."""

_HERE = Path(__file__).parent
FORM_PLACE = "@@form-token@@"
"""Where the token of the reader stands in a page that is kept for all."""

_STYLES: Mapping[str, str] = {
    "reporting.css": "text/css",
    "mark.svg": "image/svg+xml",
    "figures.js": "text/javascript",
    "audit.js": "text/javascript",
}

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


def pages_router() -> APIRouter:
    """Return the routes that every page stands on: signing in and out, and the files they share."""
    router = APIRouter(include_in_schema=False, route_class=PageRoute, dependencies=[Depends(public)])

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


def remember_language(answer: Response, request: Request) -> None:
    """Keep the language that the reader has just chosen."""
    if request.query_params.get("lang") in LANGUAGES:
        _set_cookie(answer, request, LANGUAGE_COOKIE, language_of(request), 365 * 24 * 3600)


def _set_cookie(answer: Response, request: Request, name: str, value: str, seconds: int) -> None:
    secure = _over_tls(request)
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure, path="/")


def _over_tls(request: Request) -> bool:
    return bool(request.app.state.behind_tls) or request.url.scheme == "https"


def page(template: str, status: int, *, headers: Mapping[str, str] | None = None, **words: object) -> Response:
    """Return a page for people, in English unless it is given other words."""
    return html_page(rendered(template, **{"t": words_in("en"), **words}), status, headers or {})


def html_page(body: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return a written page with what browsers must know of it."""
    return Response(body, status, media_type="text/html", headers={**GUARDS, **(headers or {})})


def rendered(template: str, **words: object) -> bytes:
    """Write a page down."""
    return _environment.get_template(template).render(**words).encode()


_environment = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["number"] = number
