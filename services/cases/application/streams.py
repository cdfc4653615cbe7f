"""Loading and changing the streams of this service inside a unit of work."""

from collections.abc import Callable, Sequence
from uuid import UUID

from services.cases.domain import organisations
from services.cases.domain.evolve import evolve
from services.cases.domain.organisations import Organisation
from services.cases.domain.state import Case
from shared.events import cases
from shared.events.envelope import Event, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.decider import Decider
from shared.eventstore.work import UnitOfWork

CASE: Decider[Case] = Decider("case", evolve)
ORGANISATION: Decider[Organisation] = Decider("organisation", organisations.evolve)


def change_case(
    unit: UnitOfWork, case_id: UUID, context: CommandContext, decide: Callable[[Case], Sequence[Event]]
) -> Sequence[Recorded]:
    """Append what is decided; a decision that says nothing new answers with the case's last fact."""
    return CASE.change(unit, case_id, context, decide) or unit.read(case_id)[-1:]


def organisation(unit: UnitOfWork, organisation_id: UUID | None) -> Organisation | None:
    """Return a registered organisation, or None."""
    if organisation_id is None:
        return None
    facts = unit.read(organisation_id)
    return ORGANISATION.fold(facts) if facts and facts[0].envelope.stream == cases.ORGANISATION else None


def is_case(unit: UnitOfWork, case_id: UUID | None) -> bool:
    """Return whether there is a case with this id."""
    facts = unit.read(case_id) if case_id is not None else ()
    return bool(facts) and facts[0].envelope.stream == cases.CASE
