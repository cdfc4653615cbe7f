"""Loading and changing the streams of this service inside a unit of work."""

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec.structs import replace

from services.cases.domain import clocks, organisations, overriding, prompting
from services.cases.domain.clocks import Clocks, clocks_of
from services.cases.domain.evolve import evolve
from services.cases.domain.organisations import Organisation
from services.cases.domain.state import Case
from shared.events import cases
from shared.events.envelope import Event, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.decider import Decider
from shared.eventstore.work import UnitOfWork
from shared.policy import Policy

CASE: Decider[Case] = Decider("case", evolve)
CLOCKS: Decider[Clocks] = Decider("set of clocks", clocks.evolve)
ORGANISATION: Decider[Organisation] = Decider("organisation", organisations.evolve)


def change_case(
    unit: UnitOfWork,
    case_id: UUID,
    context: CommandContext,
    decide: Callable[[Case], Sequence[Event]],
    admit: Callable[[Case], None],
    *,
    policy: Callable[[Case], Policy] | None = None,
) -> Sequence[Recorded]:
    """Append what is decided, and have the clocks follow; a decision that says nothing new answers with the last fact.

    `policy` is the pack that gives duties which begin now their time, and says what is to be asked because of this.
    """
    before: Case | None = None

    def deciding(case: Case) -> Sequence[Event]:
        nonlocal before
        before = case
        said = overriding.decided(case, decide, context.override, context.caller)
        if policy is None or not said:
            return said
        return [*said, *prompting.planned(case, said, at=context.true_at, now=context.now, policy=policy(case))]

    written = CASE.change(unit, case_id, context, deciding, admit)
    return [*written, *_clocks_after(unit, before, written, context, policy)]


def opened(
    unit: UnitOfWork, case_id: UUID, events: Sequence[Event], context: CommandContext, policy: Policy
) -> Sequence[Recorded]:
    """Append the opening of a case, and start its clocks."""
    written = unit.append(case_id, 0, events, context)
    return [*written, *_clocks_after(unit, None, written, context, lambda _case: policy)]


def _clocks_after(
    unit: UnitOfWork,
    before: Case | None,
    written: Sequence[Recorded],
    context: CommandContext,
    policy: Callable[[Case], Policy] | None,
) -> Sequence[Recorded]:
    case = before
    for recorded in written:
        if case is None or recorded.envelope.stream_version > case.version:
            case = evolve(case, recorded)
    if case is None or (before is not None and _as_before(before, case)):
        return ()
    stream_id = clocks_of(case.case_id)
    known = () if before is None else unit.read(stream_id)
    events = list(clocks.follow(CLOCKS.fold(known), case, policy=policy(case).label if policy else None))
    own = replace(context, subject=written[0].envelope.subject)
    return unit.append(stream_id, len(known), events, own) if events else ()


def _as_before(before: Case, case: Case) -> bool:
    """Whether nothing happened that a clock could follow."""
    stands = before.course.merged == case.course.merged and before.course.ended == case.course.ended
    return stands and before.course.duties == case.course.duties


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
