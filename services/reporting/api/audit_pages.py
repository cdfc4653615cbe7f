"""The pages of the audit: one case with a slider through its facts. A form without a script, smoother with one."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.reporting.api.answers import moment
from services.reporting.api.audit import Auditor
from services.reporting.api.pages import PageRoute, page
from services.reporting.api.reports import Moment
from services.reporting.views.histories import Asked, Histories, State
from shared.errors import NotFoundError
from shared.web.consistency import caught_up


def audit_pages_router(histories: Histories) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False, route_class=PageRoute, dependencies=[Depends(caught_up)])

    @router.get("/audit/cases/{case_id}")
    async def show_case(
        case_id: UUID,
        caller: Auditor,
        at: Annotated[int | None, Query(ge=1, le=2**31)] = None,
        known_at: Annotated[Moment | None, Query()] = None,
    ) -> Response:
        states = await histories.case(caller, case_id, Asked(known_at=known_at))
        if not states:
            raise NotFoundError("Nothing of the case was on record then.")
        place = min(at or len(states), len(states))
        return page(
            "audit.html",
            200,
            case_id=str(case_id),
            number=states[-1].values.get("number") or str(case_id),
            place=place,
            last=len(states),
            known_at=None if known_at is None else moment(known_at),
            events=[_event(number, state) for number, state in enumerate(states, 1)],
            rows=_rows(states[place - 1]),
        )

    return router


def _event(number: int, state: State) -> dict[str, object]:
    head = state.entry.envelope
    return {
        "number": number,
        "type": head.type.partition(".")[2].replace("-", " "),
        "actor": head.actor.id,
        "role": head.actor.role,
        "occurred_at": moment(head.occurred_at),
        "recorded_at": moment(head.recorded_at),
    }


def _rows(state: State) -> Sequence[dict[str, object]]:
    paths = sorted({*state.values, *state.changed})
    return [
        {
            "path": path.replace("_", " ").replace(".", " › "),
            "value": state.values.get(path, ""),
            "changed": path in state.changed,
            "before": state.changed.get(path) or "",
        }
        for path in paths
    ]
