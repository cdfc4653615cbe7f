"""HTTP in -> command -> HTTP out. Routes of reading in `reading`, of doing in `doing`; bodies by idea beside them."""

from fastapi import APIRouter

from services.cases.api.doing import command_routes, opening_routes
from services.cases.api.reading import reading_routes
from services.cases.application import Cases
from services.cases.views import Lists, Records
from shared.clock import Clock

PREFIX = "/cases/v1"


def router(cases: Cases, records: Records, lists: Lists, clock: Clock) -> APIRouter:
    """Return every route of this service."""
    routes = APIRouter(prefix=PREFIX)
    routes.include_router(opening_routes(cases))
    routes.include_router(reading_routes(records, lists, clock))
    routes.include_router(command_routes(cases))
    return routes
