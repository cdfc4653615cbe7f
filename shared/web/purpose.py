"""The purpose of a reader: without one, what is sealed stays masked; with one, they answer for it by name."""

from typing import Any, get_args

from fastapi import Request

from shared.errors import ForbiddenError, InvalidError
from shared.events.privacy import Purpose
from shared.privacy.reading import Asked
from shared.rights import Caller, Role
from shared.web.access import PARAMETERS

PURPOSE_HEADER = "Redress-Purpose"
OPENERS = (Role.OPERATOR, Role.SUPERVISOR, Role.SAFEGUARDING, Role.PARTNER, Role.ADMIN)
"""A partner opens what is shared with them and no more: nothing else is ever shown to one, masked or not."""
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)


async def purpose(request: Request) -> Asked | None:
    """Return who asks to see what is sealed, and why; None where nobody asks, and everything stays masked."""
    stated = request.headers.get(PURPOSE_HEADER)
    if stated is None:
        return None
    wanted = next((known for known in PURPOSES if known == stated), None)
    if wanted is None:
        raise InvalidError(f"{PURPOSE_HEADER} is one of {', '.join(PURPOSES)}.", field=PURPOSE_HEADER)
    caller: Caller = request.state.caller
    if caller.role not in OPENERS:
        raise ForbiddenError(f"The role {caller.role} reads without what people said; leave {PURPOSE_HEADER} out.")
    return Asked(caller.actor, wanted, request.app.state.clock(), caller.tenant)


PURPOSE_PARAMETER: dict[str, Any] = {
    "name": PURPOSE_HEADER,
    "in": "header",
    "description": "Why you open what people said. Without it names, words and addresses are masked; with it, that "
    "you saw them is put on record first, and the person can ask for it.",
    "schema": {"type": "string", "enum": list(PURPOSES)},
}

setattr(purpose, PARAMETERS, [PURPOSE_PARAMETER])
