"""HTTP in -> command -> HTTP out. Routes of reading in `reading`, of doing in `doing`; bodies by idea beside them."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.cases.api.desk import bulk_routes, desk_routes, keeping_routes
from services.cases.api.doing import command_routes, opening_routes
from services.cases.api.reading import reading_routes
from services.cases.application import Cases, Keeping
from services.cases.views import Desk, Records
from shared.clock import Clock


def routers(cases: Cases, keeping: Keeping, records: Records, desk: Desk, clock: Clock) -> Sequence[APIRouter]:
    """Return every route of this service."""
    return (
        opening_routes(cases),
        bulk_routes(cases),
        keeping_routes(keeping),
        command_routes(cases),
        desk_routes(records, desk, clock),
        reading_routes(cases, records, desk.lists, clock),
    )
