"""What a partner is told of a fact: a few open fields of a few facts, and of escalations only their own."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from shared.events import cases as facts
from shared.events.envelope import Event

OPEN_FIELDS: Mapping[type[Event], tuple[str, ...]] = {
    facts.CaseTriaged: ("issues", "severity"),
    facts.CaseEscalated: ("escalation_id", "organisation_id", "level", "answer_by"),
    facts.EmployerResponseRecorded: ("escalation_id", "organisation_id", "position"),
    facts.CaseClosed: ("reason",),
    facts.CaseReopened: (),
}
"""Nothing here is personal; what is not here is not told."""

SHARED_FACTS = tuple(sorted(kind.TOPIC for kind in OPEN_FIELDS))


class Told(msgspec.Struct, frozen=True):
    """One fact as it is told, and the cursor behind it."""

    id: UUID
    type: str
    case_id: UUID
    occurred_at: str
    data: Mapping[str, Any]
    cursor: str


class Batch(msgspec.Struct, frozen=True):
    """What was found, and where to go on; `more`: there is more to read at once."""

    items: Sequence[Told]
    next: str
    more: bool


def shared_fields(event: Event, organisation: str | None) -> Mapping[str, Any] | None:
    """Return what is told of a fact, None when nothing is; `organisation` is the partner's, None for the office."""
    names = OPEN_FIELDS.get(type(event))
    if names is None:
        return None
    addressed = getattr(event, "organisation_id", None)
    if organisation is not None and addressed is not None and str(addressed) != organisation:
        return None
    return {name: msgspec.to_builtins(getattr(event, name)) for name in names}
