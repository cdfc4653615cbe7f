"""Notifications over HTTP: what was told, to which kind of audience, and how far it got. Nothing is sent from here;
what no machine may send, a person says that they saw to it.
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.notify.application import Seeing
from services.notify.views import NotificationRow, NotificationViews, State
from shared.documents.port import Condition
from shared.events.notify import Audience, Occasion, SeenTo
from shared.events.values import ContactChannel
from shared.eventstore.context import CommandContext
from shared.rights import Caller, Role
from shared.web.access import allow
from shared.web.commands import Body, Commanded, answer, shown
from shared.web.consistency import caught_up
from shared.web.lean import LeanRoute
from shared.web.paging import page_answer

WRITERS = (Role.OPERATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.ADMIN)
READERS = (Role.OPERATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.AUDITOR, Role.ADMIN)
Reader = Annotated[Caller, Depends(allow(*READERS))]


class NotificationFilter(BaseModel):
    """Which notifications; newest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case_id: UUID | None = Field(default=None, description="Of this case only.")
    state: State | None = Field(default=None, description="How far it got.", examples=["retrying"])
    audience: Audience | None = Field(default=None, description="Who is told.", examples=["complainant"])
    occasion: Occasion | None = Field(default=None, description="What it is about.", examples=["closure"])
    channel: ContactChannel | None = Field(default=None, description="Which way out.", examples=["email"])
    person: bool | None = Field(default=None, description="Those that wait for a person of the office.")
    after: str | None = Field(default=None, max_length=500, description="`next` of the page before.")
    limit: int = Field(default=50, ge=1, le=200, description="How many at most.")

    def conditions(self) -> list[Condition]:
        """Return the filters that were given."""
        given = self.model_dump(exclude={"after", "limit"}, exclude_none=True)
        return [Condition(field, "eq", value) for field, value in given.items()]


class SeenToBody(Body):
    """How it went."""

    model_config = shown({"outcome": "told"})

    outcome: SeenTo


def doing(views: NotificationViews, seeing: Seeing) -> APIRouter:
    """Return the one route that changes something."""
    routes = APIRouter(prefix="/notify/v1", tags=["notify"], route_class=LeanRoute)

    @routes.post("/notifications/{notification_id}/see-to", summary="Say how a person saw to it", responses=_SEEN_TO)
    async def see_to(
        notification_id: UUID, body: SeenToBody, context: CommandContext = Commanded(*WRITERS)
    ) -> Response:
        if context.caller is not None:
            await views.one(context.caller, notification_id)
        written = await seeing.see_to(context=context, notification_id=notification_id, outcome=body.outcome)
        return answer(written, seeing.store.source)

    return routes


def router(views: NotificationViews) -> APIRouter:
    """Return the routes of notify."""
    routes = APIRouter(prefix="/notify/v1", tags=["notify"], dependencies=[Depends(caught_up)])

    @routes.get("/notifications", summary="What was told, or was not, and why", responses=_LISTED)
    async def list_notifications(caller: Reader, chosen: Annotated[NotificationFilter, Query()]) -> Response:
        page, total = await views.page(caller, chosen.conditions(), after=chosen.after, limit=chosen.limit)
        items = [_item(row) for row in page.rows]
        return _json(page_answer(items, page.next, total))

    @routes.get("/notifications/{notification_id}", summary="One notification with its attempts", responses=_ONE)
    async def read_notification(notification_id: UUID, caller: Reader) -> Response:
        row = await views.one(caller, notification_id)
        return _json(_item(row) | {"attempts": row.attempts, "left": row.left})

    return routes


def _item(row: NotificationRow) -> dict[str, object]:
    return {
        "notification_id": row.id,
        "case_id": row.case_id,
        "occasion": row.occasion,
        "audience": row.audience,
        "state": row.state,
        "reason": row.reason,
        "channel": row.channel,
        "address": row.address,
        "language": row.language,
        "template": row.template,
        "subject": row.subject,
        "created_at": row.created_at,
        "due_at": row.due_at,
        "person": row.person,
        "seen_to": row.seen_to,
        "may_repeat": row.may_repeat,
        "attempt_count": len(row.attempts),
    }


def _json(body: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    required = [name for name, schema in properties.items() if "anyOf" not in schema]
    return {"type": "object", "required": required, "properties": properties}


def _nullable(**schema: Any) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _answered(description: str, schema: dict[str, Any], example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    content = {"application/json": {"schema": schema, "example": example}}
    return {200: {"description": description, "content": content}}


_WORD = {"type": "string"}
_WORD_OR_NULL = _nullable(type="string")
_TIME = {"type": "string", "format": "date-time"}
_TIME_OR_NULL = _nullable(type="string", format="date-time")

_ITEM_MEMBERS: dict[str, dict[str, Any]] = {
    "notification_id": {"type": "string", "format": "uuid"},
    "case_id": {"type": "string", "format": "uuid"},
    **dict.fromkeys(("occasion", "audience", "state"), _WORD),
    **dict.fromkeys(("reason", "channel", "address", "language", "template", "subject"), _WORD_OR_NULL),
    "created_at": _TIME,
    "due_at": _TIME_OR_NULL,
    "person": {"type": "boolean"},
    "seen_to": _WORD_OR_NULL,
    "may_repeat": {"type": "boolean"},
    "attempt_count": {"type": "integer"},
}
_ATTEMPT = _object(
    attempt={"type": "integer"},
    at=_TIME,
    cause=_WORD_OR_NULL,
    retry_at=_TIME_OR_NULL,
    channel_reference=_WORD_OR_NULL,
)
_LEFT = _object(channel=_WORD_OR_NULL, at=_TIME, reason=_WORD)
_EXAMPLE: dict[str, Any] = {
    "notification_id": "5b0f3c6e-8f0c-5f5e-9d57-0c4c1a0f2b11",
    "case_id": "0190b5c2-7c1e-7a10-8f00-3c1de50f6a01",
    "occasion": "answer",
    "audience": "complainant",
    "state": "retrying",
    "reason": None,
    "channel": "email",
    "address": "*******",
    "language": "th",
    "template": "th/answer.complainant",
    "subject": "มีข่าวเกี่ยวกับหมายเลขอ้างอิง R-7Q2XK-M4T9C ของคุณ",
    "created_at": "2026-11-20T08:00:00Z",
    "due_at": "2026-11-20T08:01:04Z",
    "person": False,
    "seen_to": None,
    "may_repeat": False,
    "attempt_count": 1,
}
_TRY = {
    "attempt": 1,
    "at": "2026-11-20T08:00:01Z",
    "cause": "smtp-4xx",
    "retry_at": "2026-11-20T08:01:04Z",
    "channel_reference": None,
}

_BEFORE = {"channel": "sms", "at": "2026-11-20T08:00:00Z", "reason": "channel-not-set-up"}

_SEEN_TO: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "It is on record.",
        "content": {"application/json": {"example": {"version": 2, "position": "notify:42"}}},
    }
}
_LISTED = _answered(
    "A page of notifications, newest first.",
    _object(
        items={"type": "array", "items": _object(**_ITEM_MEMBERS)},
        next=_WORD_OR_NULL,
        total={"type": "integer"},
        total_is={"type": "string", "enum": ["exact", "at-least"]},
    ),
    {"items": [_EXAMPLE], "next": None, "total": 1, "total_is": "exact"},
)
_ONE = _answered(
    "The notification.",
    _object(**_ITEM_MEMBERS, attempts={"type": "array", "items": _ATTEMPT}, left={"type": "array", "items": _LEFT}),
    _EXAMPLE | {"attempts": [_TRY], "left": [_BEFORE]},
)
