"""What this service hears: intake accepts a report -> a case opens under the id that the report names."""

from collections.abc import Sequence

from services.cases.application import Cases
from shared.bus.port import Handler, Reaction
from shared.clock import Clock
from shared.events.envelope import Recorded
from shared.events.intake import ReportAccepted
from shared.eventstore.context import CommandContext
from shared.eventstore.work import UnitOfWork


def on_report_accepted(cases: Cases, clock: Clock) -> Handler:
    """Return the handler that opens the case of an accepted report."""

    def handle(unit: UnitOfWork, recorded: Recorded) -> None:
        if isinstance(recorded.event, ReportAccepted):
            cases.open_accepted(unit, recorded.event, _context(recorded, clock), recorded.envelope.stream_id)

    return handle


def _context(recorded: Recorded, clock: Clock) -> CommandContext:
    """Return who caused it, since when it is true, and by which fact."""
    cause = recorded.envelope
    return CommandContext(
        actor=cause.actor,
        now=clock(),
        occurred_at=cause.occurred_at,
        correlation_id=cause.correlation_id,
        causation_id=cause.event_id,
        traceparent=cause.traceparent,
        tenant=cause.tenant,
    )


def reactions(cases: Cases, clock: Clock) -> Sequence[Reaction]:
    """Return the routing table."""
    return (Reaction("cases.open-accepted-reports", "intake", {ReportAccepted: on_report_accepted(cases, clock)}),)
