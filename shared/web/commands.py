"""A command on its way in and out: who, when, under which condition; and the answer with version and position."""

import hashlib
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, JsonValue
from starlette.datastructures import Headers

from shared.errors import InvalidError
from shared.eventstore.context import CommandContext
from shared.eventstore.store import Written
from shared.ids import new_id
from shared.rights import Caller, Role
from shared.web.access import PARAMETERS, ROLES_OF_ACCESS, allow
from shared.web.consistency import POSITION_HEADER, position_token

C = TypeVar("C")

COMMAND_HEADERS: list[dict[str, Any]] = [
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same key with the same request is carried out once and answered the same.",
        "schema": {"type": "string", "maxLength": 200},
    },
    {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag that was read; a version that has moved on is refused with 409 and what changed.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    },
    {
        "name": "traceparent",
        "in": "header",
        "description": "W3C trace context, kept with the facts.",
        "schema": {"type": "string", "maxLength": 55},
    },
]
"""What every command reads beside its body, as OpenAPI describes it."""

_LONGEST_HEADER = 200
_LONGEST_VERSION = 9

Commanding = Callable[..., Coroutine[Any, Any, CommandContext]]


class Body(BaseModel):
    """A request body: unknown fields are refused, so that a misspelt one is never silently lost."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


def shown(*examples: JsonValue) -> ConfigDict:
    """Return the model configuration that shows these examples in OpenAPI."""
    return ConfigDict(json_schema_extra={"examples": list(examples)})


def commanded(*roles: Role) -> Commanding:
    """Return the dependency of a command route: lets these roles in and gathers the command's context."""
    access = allow(*roles)

    async def commanding(request: Request) -> CommandContext:
        caller = await access(request)
        headers = request.headers
        idempotency_key = _short(headers, "idempotency-key") or None
        return CommandContext(
            actor=caller.actor,
            now=request.app.state.clock(),
            correlation_id=new_id(),
            traceparent=_short(headers, "traceparent"),
            expected_version=_version(headers.get("if-match")),
            tenant=caller.tenant,
            caller=caller,
            idempotency_key=idempotency_key and f"{caller.tenant}\x1f{caller.id}\x1f{idempotency_key}",
            fingerprint=await _fingerprint(request) if idempotency_key else None,
        )

    setattr(commanding, ROLES_OF_ACCESS, frozenset(roles))
    setattr(commanding, PARAMETERS, COMMAND_HEADERS)
    return commanding


def context_of(caller: Caller, now: datetime) -> CommandContext:
    """Return the context of what a query puts on record about itself."""
    return CommandContext(actor=caller.actor, now=now, correlation_id=new_id(), tenant=caller.tenant, caller=caller)


def Commanded(*roles: Role) -> Any:  # noqa: N802 - reads as a marker at the parameter, like Depends
    """Return `Depends(commanded(...))`, typed for a default value."""
    return Depends(commanded(*roles))


def true_since(context: CommandContext, occurred_at: datetime | None) -> CommandContext:
    """Take over when it was true; nothing can have happened after now."""
    if occurred_at is None:
        return context
    if occurred_at > context.now:
        raise InvalidError("'occurred_at' lies in the future.", field="occurred_at")
    return msgspec.structs.replace(context, occurred_at=occurred_at)


def as_command(body: BaseModel, command: type[C]) -> C:
    """Read a checked body as the domain's command of the same fields."""
    return msgspec.convert(body, command, from_attributes=True)


def answer(written: Written, source: str, body: dict[str, object] | None = None, status: int = 200) -> Response:
    """Answer a command: version as `ETag`, place in the log as `Redress-Position` and in the body."""
    token = position_token(source, written.position)
    content = {**(body or {}), "version": written.version, "position": token}
    headers = {POSITION_HEADER: token, "ETag": f'"{written.version}"'}
    return Response(msgspec.json.encode(content), status, media_type="application/json", headers=headers)


async def _fingerprint(request: Request) -> str:
    content = await request.body()
    return hashlib.sha256(request.method.encode() + request.url.path.encode() + b"\n" + content).hexdigest()


def _short(headers: Headers, name: str) -> str | None:
    value = headers.get(name)
    if value is not None and len(value) > _LONGEST_HEADER:
        raise InvalidError(f"{name} has up to {_LONGEST_HEADER} characters.", field=name)
    return value


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    number = if_match.removeprefix("W/").strip('"')
    if not number.isascii() or not number.isdigit() or len(number) > _LONGEST_VERSION:
        raise InvalidError('If-Match takes the ETag of the thing, such as "3".', field="If-Match")
    return int(number)
