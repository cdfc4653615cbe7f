"""What this service hears: intake accepts a report -> a case opens under the id that the report names."""

from collections.abc import Sequence

from services.cases.application import Cases
from shared.bus.port import Handler, Reaction
from shared.clock import Clock
from shared.events.envelope import Recorded
from shared.events.intake import ReportAccepted
from shared.eventstore.context import caused_by
from shared.eventstore.work import UnitOfWork


def on_report_accepted(cases: Cases, clock: Clock) -> Handler:
    """Return the handler that opens the case of an accepted report."""

    def handle(unit: UnitOfWork, recorded: Recorded) -> None:
        if isinstance(recorded.event, ReportAccepted):
            cause = recorded.envelope
            context = caused_by(cause, actor=cause.actor, now=clock(), occurred_at=cause.occurred_at)
            cases.open_accepted(unit, recorded.event, context, cause.stream_id)

    return handle


def reactions(cases: Cases, clock: Clock) -> Sequence[Reaction]:
    """Return the routing table."""
    return (Reaction("cases.open-accepted-reports", "intake", {ReportAccepted: on_report_accepted(cases, clock)}),)
