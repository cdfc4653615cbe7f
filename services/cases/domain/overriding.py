"""A gate passed by a person's right: on record beside what it let through, or not at all."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from services.cases.domain.gates import OVERRIDABLE, said
from services.cases.domain.state import Case
from shared.errors import ForbiddenError, GateClosedError, InvalidError
from shared.events.envelope import Event
from shared.events.procedure import GateOverridden
from shared.rights import Caller, Override


def decided(
    case: Case, decide: Callable[[Case], Sequence[Event]], wish: Override | None, caller: Caller | None
) -> Sequence[Event]:
    """Decide; where a gate is closed that the caller wishes and has the right to pass, decide as if it were open.

    What is not needed is not used: a wish to pass an open gate leaves no fact.
    """
    if wish is None:
        return decide(case)
    if wish.gate not in OVERRIDABLE:
        raise InvalidError(f"Gates that can be overridden: {', '.join(sorted(OVERRIDABLE))}.", field="override.gate")
    if caller is not None and not caller.may_override:
        raise ForbiddenError("To override a gate is a right of its own, which this key does not have.")
    try:
        return decide(case)
    except GateClosedError as closed:
        if closed.gate != wish.gate:
            raise
    events = decide(replace(case, overriding=wish.gate))
    reason = said(wish.reason, "override.reason")
    return [GateOverridden(number=case.opening.number, gate=wish.gate, reason=reason), *events]
