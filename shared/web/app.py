"""The app of a process: the routers of the services it hosts, with access, limits, health and problems around them."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

from shared.clock import Clock, system_clock
from shared.errors import SettingsError
from shared.observing.metrics import Measured, exposition
from shared.rights import Role
from shared.web import problems
from shared.web.access import PARAMETERS, ROLES_OF_ACCESS, Gatekeeper, allow, public
from shared.web.consistency import WaitFor
from shared.web.hardening import Hardening
from shared.web.limits import Admission, BodyLimit, Traffic
from shared.web.rates import Rates
from shared.web.receipt_door import ReceiptDoor
from shared.web.settings import WebSettings

VERSION = "0.1.0"

Health = Callable[[], Awaitable[dict[str, Any]]]
"""Returns the members of a health answer; `ok` decides between 200 and 503."""


def create_app(
    routers: Iterable[APIRouter],
    *,
    gatekeeper: Gatekeeper,
    wait_for: WaitFor,
    live: Health,
    ready: Health,
    measured: Callable[[], Awaitable[Measured]],
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
    clock: Clock = system_clock,
    traffic: Traffic | None = None,
    settings: WebSettings | None = None,
) -> FastAPI:
    """Join routers to one app; a route without an access rule is a `SettingsError`, never an open door."""
    settings = settings or WebSettings()
    app = FastAPI(
        title="Redress",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.gatekeeper = gatekeeper
    app.state.wait_for = wait_for
    app.state.clock = clock
    app.state.behind_tls = settings.behind_tls
    app.state.rates = Rates(settings.requests_per_second, settings.burst)
    app.state.receipt_door = ReceiptDoor()
    problems.install(app)
    # Not included but taken over: an included router is searched twice at each level, a plain list once.
    for router in (_health(live, ready), _monitoring(measured), *routers):
        app.router.routes.extend(router.routes)
    _describe(app)
    _refuse_open_doors(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Admission, traffic=traffic or Traffic())
    app.add_middleware(Hardening, behind_tls=settings.behind_tls)
    return app


class Door(NamedTuple):
    """A route as it is served: who may call it; an empty set is anybody, None means that no rule is set."""

    method: str
    path: str
    roles: frozenset[str] | None


def doors(app: FastAPI) -> Iterator[Door]:
    """Walk over every route of an app, those of included routers with the rules they inherit."""
    for context in iter_route_contexts(app.routes):
        for method in context.methods or ():
            yield Door(method, context.path or "", _roles(getattr(context, "dependant", None)))


def _roles(dependant: Dependant | None) -> frozenset[str] | None:
    found = (getattr(call, ROLES_OF_ACCESS, None) for call in _dependencies(dependant))
    return next((roles for roles in found if roles is not None), None)


def _dependencies(dependant: Dependant | None) -> Iterator[Any]:
    for dependency in dependant.dependencies if dependant else ():
        yield dependency.call
        yield from _dependencies(dependency)


def _refuse_open_doors(app: FastAPI) -> None:
    for door in doors(app):
        if door.roles is None:
            raise SettingsError(f"The route {door.path} names no roles; add allow(...) or public to it.")


def _health(live: Health, ready: Health) -> APIRouter:
    router = APIRouter(tags=["health"], dependencies=[Depends(public)])

    @router.get("/livez", summary="Do all loops still turn?", responses={503: {"description": "One does not."}})
    async def livez() -> Response:
        return _health_answer(await live())

    @router.get("/readyz", summary="Can requests be taken now?", responses={503: {"description": "Not now."}})
    async def readyz() -> Response:
        return _health_answer(await ready())

    return router


def _monitoring(measured: Callable[[], Awaitable[Measured]]) -> APIRouter:
    router = APIRouter(tags=["health"], dependencies=[Depends(allow(Role.AUDITOR, Role.ADMIN))])
    example = 'redress_consumer_lag_events{view="cases.cases"} 0.0'

    @router.get(
        "/metrics",
        summary="Lag, dead letters and quiet loops, for Prometheus",
        response_class=Response,
        responses={200: {"description": "Gauges.", "content": {"text/plain": {"example": example}}}},
    )
    async def metrics() -> Response:
        text, media_type = exposition(await measured())
        return Response(text, headers={"content-type": media_type})

    return router


def _health_answer(members: dict[str, Any]) -> Response:
    return Response(msgspec.json.encode(members), 200 if members["ok"] else 503, media_type="application/json")


def openapi_of(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an app, with the key scheme and the problem answers of every route."""
    document = get_openapi(title=app.title, version=app.version, routes=app.routes)
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    components.setdefault("schemas", {})["Problem"] = problems.PROBLEM_SCHEMA
    document["security"] = [{"key": []}]
    refusal = {
        "description": "A problem document (RFC 9457).",
        "content": {problems.PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"]["default"] = refusal
            operation["responses"].pop("422", None)
    _describe_headers(app, document["paths"])
    return document


def _describe_headers(app: FastAPI, paths: dict[str, Any]) -> None:
    for context in iter_route_contexts(app.routes):
        read = [getattr(call, PARAMETERS, ()) for call in _dependencies(getattr(context, "dependant", None))]
        for method in context.methods or ():
            operation = paths.get(context.path or "", {}).get(method.lower())
            if operation is not None and any(read):
                operation.setdefault("parameters", []).extend(header for headers in read for header in headers)


def _describe(app: FastAPI) -> None:
    rendered: list[bytes] = []

    @app.get("/openapi.json", include_in_schema=False, dependencies=[Depends(public)])
    async def openapi() -> Response:
        if not rendered:
            rendered.append(msgspec.json.encode(openapi_of(app)))
        return Response(rendered[0], media_type="application/json")
