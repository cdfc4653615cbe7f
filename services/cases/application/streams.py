"""Loading and changing the streams of this service inside a unit of work."""

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec.structs import replace

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
    unit: UnitOfWork,
    case_id: UUID,
    context: CommandContext,
    decide: Callable[[Case], Sequence[Event]],
    admit: Callable[[Case], None],
) -> Sequence[Recorded]:
    """Append what is decided; a decision that says nothing new answers with the case's last fact."""
    return CASE.change(unit, case_id, context, decide, admit)


def in_its_tenant(unit: UnitOfWork, stream_id: UUID, context: CommandContext) -> CommandContext:
    """Return the circumstances of what the system itself does, in the tenant of the stream that it does it to."""
    facts = unit.read(stream_id)
    return replace(context, tenant=facts[0].envelope.tenant) if facts else context


def organisation(unit: UnitOfWork, organisation_id: UUID | None, tenant: str) -> Organisation | None:
    """Return a registered organisation of the tenant, or None."""
    facts = _facts(unit, organisation_id, tenant, cases.ORGANISATION)
    return ORGANISATION.fold(facts)


def case(unit: UnitOfWork, case_id: UUID | None, tenant: str) -> Case | None:
    """Return a case of the tenant, or None."""
    return CASE.fold(_facts(unit, case_id, tenant, cases.CASE))


def _facts(unit: UnitOfWork, stream_id: UUID | None, tenant: str, stream: str) -> Sequence[Recorded]:
    facts = unit.read(stream_id) if stream_id is not None else ()
    first = facts[0].envelope if facts else None
    return facts if first is not None and (first.stream, first.tenant) == (stream, tenant) else ()
