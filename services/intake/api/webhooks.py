"""Deliveries of providers: verified over the bytes as they came, stored, and answered in the provider's own way."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fastapi import APIRouter, Depends, Request, Response

from services.intake.application import Arriving
from services.intake.channels.port import Account, Answer, Arrival, Delivery, Kept, Said, Webhook
from services.intake.channels.untrusted import signed
from shared.errors import MalformedError, RedressError, UnsupportedMediaError
from shared.web.access import public

PREFIX = "/intake/v1/channels"
METHODS = ["GET", "POST", "OPTIONS", "HEAD"]
UNKNOWN = Answer(401)
"""The same for a wrong signature, a missing one, and an account that there is not."""
MOST_PARTS, MOST_FILES = 2000, 200
"""Parts of one delivery, of which providers promise up to a thousand, and files of one message."""


class Hooks:
    """The providers and the accounts at them."""

    def __init__(self, types: Mapping[str, Webhook], accounts: Sequence[Account], arriving: Arriving) -> None:
        """`types` by name; every account is of one of them."""
        self._types = types
        self._accounts = accounts
        self._arriving = arriving

    def described(self, tenant: str) -> Sequence[Mapping[str, object]]:
        """Return what may be shown of a tenant's accounts."""
        return [self._types[one.type].describe(one) for one in self._accounts if one.tenant == tenant]

    def kinds(self) -> Sequence[Mapping[str, object]]:
        """Return every kind of channel, and what an account of it needs."""
        return [{"type": one.name, "title": one.title, "needs": one.settings} for one in self._types.values()]

    async def deliver(self, delivery: Delivery, kind: str, name: str | None, now: datetime) -> Answer:
        """Take a delivery for one account, or for any account of a kind."""
        hook = self._types.get(kind)
        accounts = [one for one in self._accounts if one.type == kind and name in (None, one.name)]
        if hook is None or not accounts:
            signed("", delivery.raw)
            return UNKNOWN
        greeted = [answer for one in accounts if (answer := hook.handshake(delivery, one)) is not None]
        if greeted:
            return next((one for one in greeted if one.status < 400), UNKNOWN)  # noqa: PLR2004 - where refusals begin
        vouched = [one for one in accounts if hook.verify(delivery, one, now)]
        if not vouched:
            return UNKNOWN
        if delivery.headers.get("content-encoding", "identity") != "identity":
            raise UnsupportedMediaError("Send the body as it is, not compressed.")
        outcome = await self._arriving.take(vouched, _read(hook, delivery), now, hook.redact(delivery.headers))
        return hook.answer(outcome)


def _read(hook: Webhook, delivery: Delivery) -> Sequence[Arrival]:
    try:
        found = hook.parse(delivery)
    except MalformedError:
        found = None
    if found is not None and not _is_too_much(found):
        return found
    # It is authentic, and sending it again would not mend it: a person looks at it.
    return [Kept(key=signed("unreadable", delivery.raw).hex(), raw=delivery.raw, reason="unreadable")]


def _is_too_much(found: Sequence[Arrival]) -> bool:
    return len(found) > MOST_PARTS or any(isinstance(one, Said) and len(one.attachments) > MOST_FILES for one in found)


def webhooks_router(hooks: Hooks) -> APIRouter:
    """Return the addresses that providers call."""
    router = APIRouter(prefix=PREFIX, include_in_schema=False, dependencies=[Depends(public)])

    @router.api_route("/{kind}/{account}", methods=METHODS)
    async def deliver(kind: str, account: str, request: Request) -> Response:
        return await _answered(hooks, request, kind, account)

    @router.api_route("/{kind}", methods=METHODS)
    async def deliver_for_app(kind: str, request: Request) -> Response:
        return await _answered(hooks, request, kind, None)

    return router


async def _answered(hooks: Hooks, request: Request, kind: str, name: str | None) -> Response:
    delivery = Delivery(
        method=request.method,
        url=str(request.url),
        headers=request.headers,
        query=dict(request.query_params),
        raw=await request.body(),
    )
    try:
        answer = await hooks.deliver(delivery, kind, name, request.app.state.clock())
    except RedressError as error:
        # 503 is the one failure that every provider takes as an invitation to come back.
        answer = Answer(error.status if error.status < 500 else 503)  # noqa: PLR2004 - where our own failures begin
    return Response(answer.body, answer.status, media_type=answer.media, headers=dict(answer.headers))
