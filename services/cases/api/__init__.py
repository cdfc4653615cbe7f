"""HTTP in -> command -> HTTP out. Routes of reading in `reading`, of doing in `doing`; bodies by idea beside them."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.cases.api.doing import command_routes, opening_routes
from services.cases.api.reading import reading_routes
from services.cases.application import Cases
from services.cases.views import Lists, Records
from shared.clock import Clock


def routers(cases: Cases, records: Records, lists: Lists, clock: Clock) -> Sequence[APIRouter]:
    """Return every route of this service."""
    return opening_routes(cases), command_routes(cases), reading_routes(cases, records, lists, clock)
