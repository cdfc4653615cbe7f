"""What a partner is told of a fact: a few open fields of a few facts, and of escalations only their own."""

from collections.abc import Mapping
from typing import Any

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


def shared_fields(event: Event, organisation: str | None) -> Mapping[str, Any] | None:
    """Return what is told of a fact, None when nothing is; `organisation` is the partner's, None for the office."""
    names = OPEN_FIELDS.get(type(event))
    if names is None:
        return None
    addressed = getattr(event, "organisation_id", None)
    if organisation is not None and addressed is not None and str(addressed) != organisation:
        return None
    return {name: msgspec.to_builtins(getattr(event, name)) for name in names}
