"""Who is calling and what they may do. Every route names its roles; a route that names none cannot be served."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from fastapi import Request

from shared.errors import ForbiddenError, UnauthenticatedError
from shared.events.envelope import Actor

SESSION_COOKIE = "redress_session"


class Role(StrEnum):
    """What a key is for."""

    CHANNEL = "channel"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """The key behind a request; `id` is the name that the record shows as actor."""

    id: str
    role: Role
    team: str | None = None

    @property
    def actor(self) -> Actor:
        """The caller as the envelope of an event names it."""
        return Actor(self.id, self.role.value, self.team)


class Gatekeeper(Protocol):
    """Knows keys. Implemented by `shared.web.keys`."""

    def caller(self, key: str) -> Caller | None:
        """Return who holds this key, or None for an unknown, revoked or malformed one."""
        ...

    def session_caller(self, session: str) -> Caller | None:
        """Return who opened this browser session, or None when it is unknown or has ended."""
        ...

    def open_session(self, key: str) -> str | None:
        """Begin a browser session for the holder of a key; None for an unknown one."""
        ...

    def close_session(self, session: str) -> None:
        """End a browser session."""
        ...


Access = Callable[[Request], Coroutine[Any, Any, Caller]]

ROLES_OF_ACCESS = "redress_roles"
"""Attribute of an access dependency that holds its roles, for the walk over all routes."""


PARAMETERS = "redress_parameters"
"""Attribute of a dependency that holds the OpenAPI description of the headers it reads by itself."""


def allow(*roles: Role) -> Access:
    """Return the dependency that lets these roles in, by `Authorization: Bearer KEY`, and tells who it is."""
    return _access(frozenset(roles), _caller_by_key)


def allow_page(*roles: Role) -> Access:
    """Like `allow`, for pages that only read: a browser session set by the sign-in page counts as well."""
    return _access(frozenset(roles), _caller_by_key_or_session)


def _access(roles: frozenset[Role], identify: Callable[[Request], Caller]) -> Access:
    async def access(request: Request) -> Caller:
        caller = identify(request)
        if caller.role not in roles:
            wanted = ", ".join(sorted(roles))
            raise ForbiddenError(
                f"This needs one of the roles {wanted}; the key has the role {caller.role}.",
                roles=sorted(roles),
            )
        request.state.caller = caller
        return caller

    setattr(access, ROLES_OF_ACCESS, roles)
    return access


async def public() -> None:
    """Mark a route that anybody may call; it must tell nothing about a person or a case."""


setattr(public, ROLES_OF_ACCESS, frozenset[Role]())


def _caller_by_key(request: Request) -> Caller:
    header = request.headers.get("authorization", "")
    scheme, _, key = header.partition(" ")
    if scheme.lower() == "bearer" and key:
        gatekeeper: Gatekeeper = request.app.state.gatekeeper
        caller = gatekeeper.caller(key.strip())
        if caller is not None:
            return caller
    raise UnauthenticatedError(
        "Send a valid key as 'Authorization: Bearer KEY'. An administrator makes one with 'redress key new'."
    )


def _caller_by_key_or_session(request: Request) -> Caller:
    session = request.cookies.get(SESSION_COOKIE)
    if session and "authorization" not in request.headers:
        gatekeeper: Gatekeeper = request.app.state.gatekeeper
        caller = gatekeeper.session_caller(session)
        if caller is not None:
            return caller
    return _caller_by_key(request)
