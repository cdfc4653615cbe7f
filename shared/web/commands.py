"""A command on its way in and out: who, when, under which condition; and the answer with version and position."""

import hashlib
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, JsonValue

from shared.errors import InvalidError
from shared.eventstore.context import CommandContext
from shared.eventstore.store import Written
from shared.ids import new_id
from shared.web.access import ROLES_OF_ACCESS, Role, allow
from shared.web.consistency import POSITION_HEADER, position_token

C = TypeVar("C")

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

    async def commanding(
        request: Request,
        idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
        if_match: Annotated[str | None, Header(max_length=40, examples=['"3"'])] = None,
        traceparent: Annotated[str | None, Header(max_length=55)] = None,
    ) -> CommandContext:
        caller = await access(request)
        return CommandContext(
            actor=caller.actor,
            now=request.app.state.clock(),
            correlation_id=new_id(),
            traceparent=traceparent,
            expected_version=_version(if_match),
            idempotency_key=idempotency_key and f"{caller.id}:{idempotency_key}",
            fingerprint=await _fingerprint(request) if idempotency_key else None,
        )

    setattr(commanding, ROLES_OF_ACCESS, frozenset(roles))
    return commanding


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


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    number = if_match.removeprefix("W/").strip('"')
    if not number.isascii() or not number.isdigit():
        raise InvalidError('If-Match takes the ETag of the thing, such as "3".', field="If-Match")
    return int(number)
