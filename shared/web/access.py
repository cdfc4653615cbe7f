"""Who is calling and what they may do. Every route names its roles; a route that names none cannot be served."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from fastapi import Request

from shared.errors import ForbiddenError, UnauthenticatedError
from shared.rights import Caller, Role
from shared.web.rates import Rates

SESSION_COOKIE = "redress_session"


class Gatekeeper(Protocol):
    """Knows keys and tokens. Implemented by `shared.web.keys`, and with tokens by `shared.web.gate`."""

    async def caller(self, key: str) -> Caller | None:
        """Return who holds this key or token, or None for an unknown, ended, revoked or malformed one."""
        ...

    async def session_caller(self, session: str) -> Caller | None:
        """Return who opened this browser session, or None when it is unknown or has ended."""
        ...

    async def open_session(self, key: str) -> str | None:
        """Begin a browser session for the holder of a key; None for an unknown one."""
        ...

    async def close_session(self, session: str) -> None:
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


def _access(roles: frozenset[Role], identify: Access) -> Access:
    async def access(request: Request) -> Caller:
        caller = await identify(request)
        if caller.role not in roles:
            wanted = ", ".join(sorted(roles))
            raise ForbiddenError(
                f"This needs one of the roles {wanted}; the key has the role {caller.role}.",
                roles=sorted(roles),
            )
        rates: Rates = request.app.state.rates
        rates.take(caller.tenant, caller.id)
        request.state.caller = caller
        return caller

    setattr(access, ROLES_OF_ACCESS, roles)
    return access


async def public() -> None:
    """Mark a route that anybody may call; it must tell nothing about a person or a case."""


setattr(public, ROLES_OF_ACCESS, frozenset[Role]())


async def _caller_by_key(request: Request) -> Caller:
    header = request.headers.get("authorization", "")
    scheme, _, key = header.partition(" ")
    if scheme.lower() == "bearer" and key:
        gatekeeper: Gatekeeper = request.app.state.gatekeeper
        caller = await gatekeeper.caller(key.strip())
        if caller is not None:
            return caller
    raise UnauthenticatedError(
        "Send a valid key as 'Authorization: Bearer KEY'. An administrator makes one with 'redress key new'."
    )


async def _caller_by_key_or_session(request: Request) -> Caller:
    session = request.cookies.get(SESSION_COOKIE)
    if session and "authorization" not in request.headers:
        gatekeeper: Gatekeeper = request.app.state.gatekeeper
        caller = await gatekeeper.session_caller(session)
        if caller is not None:
            return caller
    return await _caller_by_key(request)
