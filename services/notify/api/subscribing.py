"""Subscriptions over HTTP: a partner says where the facts that they may follow are posted, signed."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Response
from pydantic import Field

from services.notify.api.following import known_types
from services.notify.application.subscribing import Subscriptions
from services.notify.views import SubscriptionViews
from services.notify.views.feed import read_places
from shared.eventstore.context import CommandContext
from shared.rights import Caller, Role
from shared.web.access import allow
from shared.web.commands import Body, Commanded, answer, shown
from shared.web.consistency import caught_up
from shared.web.lean import LeanRoute

SUBSCRIBERS = (Role.PARTNER, Role.ADMIN)
Subscriber = Annotated[Caller, Depends(allow(*SUBSCRIBERS))]
CREATED = 201
Place = Annotated[str | None, Field(max_length=2000, description="A `cursor` of the feed; none: the first fact.")]


class SubscribeBody(Body):
    """Where to post, and which facts; none named: all that may be seen, also kinds to come."""

    model_config = shown({"url": "https://partner.example.org/redress", "types": ["cases.case-closed"]})

    url: str = Field(min_length=8, max_length=500)
    types: list[str] = Field(default=[], max_length=20)
    after: Place = None


class ReplayBody(Body):
    """From where on."""

    model_config = shown({"after": None})

    after: Place = None


def subscribing(subscriptions: Subscriptions) -> APIRouter:
    """Return the routes that change something."""
    routes = APIRouter(prefix="/notify/v1/subscriptions", tags=["notify"], route_class=LeanRoute)
    source = subscriptions.store.source

    @routes.post("", summary="Be posted what happens", status_code=CREATED, responses={CREATED: _told(_OPENED)})
    async def subscribe(body: SubscribeBody, context: CommandContext = Commanded(*SUBSCRIBERS)) -> Response:
        types, _ = sorted(known_types(body.types)), read_places(body.after)
        written, secret = await subscriptions.open(context=context, url=body.url, types=types, cursor=body.after)
        return answer(written, source, {"subscription_id": written.stream_id, "secret": secret}, CREATED)

    @routes.post("/{subscription_id}/rotate", summary="Sign with a new secret", responses={200: _told(_ROTATED)})
    async def rotate_secret(subscription_id: UUID, context: CommandContext = Commanded(*SUBSCRIBERS)) -> Response:
        written, secret = await subscriptions.rotate(context=context, subscription_id=subscription_id)
        return answer(written, source, {"secret": secret})

    @routes.post("/{subscription_id}/replay", summary="Be posted it again", responses={200: _told(_WRITTEN)})
    async def replay_facts(
        subscription_id: UUID, body: ReplayBody, context: CommandContext = Commanded(*SUBSCRIBERS)
    ) -> Response:
        read_places(body.after)
        written = await subscriptions.move(context=context, subscription_id=subscription_id, cursor=body.after)
        return answer(written, source)

    @routes.post("/{subscription_id}/end", summary="Be posted nothing more", responses={200: _told(_WRITTEN)})
    async def end_subscription(subscription_id: UUID, context: CommandContext = Commanded(*SUBSCRIBERS)) -> Response:
        return answer(await subscriptions.end(context=context, subscription_id=subscription_id), source)

    return routes


def subscribed(views: SubscriptionViews) -> APIRouter:
    """Return the route that lists them."""
    routes = APIRouter(prefix="/notify/v1", tags=["notify"], dependencies=[Depends(caught_up)])

    @routes.get("/subscriptions", summary="What is posted to you, and how far it got", responses={200: _told(_LISTED)})
    async def list_subscriptions(caller: Subscriber) -> Response:
        items = [
            {
                "subscription_id": row.id,
                "types": row.types,
                "state": row.state,
                "reason": row.reason,
                "created_at": row.created_at,
                "cursor": row.cursor,
                "taken": row.taken,
                "attempts": row.attempts,
                "due_at": row.due_at,
            }
            for row in await views.of(caller)
        ]
        return Response(msgspec.json.encode({"items": items}), media_type="application/json")

    return routes


_ID = "0190b5c2-7c1e-7a10-8f00-3c1de50f6a21"
_WRITTEN: dict[str, Any] = {"version": 2, "position": "notify:42"}
_ROTATED: dict[str, Any] = {"secret": "whsec_…", **_WRITTEN}
_OPENED: dict[str, Any] = {"subscription_id": _ID, **_ROTATED}
_LISTED: dict[str, Any] = {
    "items": [
        {
            "subscription_id": _ID,
            "types": ["cases.case-closed"],
            "state": "active",
            "reason": None,
            "created_at": "2026-11-20T08:00:00Z",
            "cursor": None,
            "taken": 0,
            "attempts": 0,
            "due_at": "2026-11-20T08:00:00Z",
        }
    ]
}


def _told(example: dict[str, Any]) -> dict[str, Any]:
    return {"description": "It is on record.", "content": {"application/json": {"example": example}}}
