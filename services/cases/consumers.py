"""What this service hears: an accepted report, and a case opens; a message of who was asked, and it is the answer."""

from collections.abc import Sequence

from services.cases.application import Cases, Questions
from shared.bus.port import Handler, Reaction
from shared.clock import Clock
from shared.events.envelope import Recorded
from shared.events.intake import MessageReceived, ReportAccepted
from shared.eventstore.context import caused_by
from shared.eventstore.work import UnitOfWork
from shared.privacy.persons import THEMSELVES


def on_report_accepted(cases: Cases, clock: Clock) -> Handler:
    """Return the handler that opens the case of an accepted report."""

    def handle(unit: UnitOfWork, recorded: Recorded) -> None:
        if isinstance(recorded.event, ReportAccepted):
            cause = recorded.envelope
            context = caused_by(cause, actor=cause.actor, now=clock(), occurred_at=cause.occurred_at)
            cases.open_accepted(unit, recorded.event, context, cause.stream_id)

    return handle


def on_message_received(questions: Questions, clock: Clock) -> Handler:
    """Return the handler that takes a message as the answer to what its sender was asked."""

    def handle(unit: UnitOfWork, recorded: Recorded) -> None:
        cause, now = recorded.envelope, clock()
        since = min(cause.occurred_at, now)
        questions.hear(unit, recorded, caused_by(cause, actor=THEMSELVES, now=now, occurred_at=since))

    return handle


def reactions(cases: Cases, questions: Questions, clock: Clock) -> Sequence[Reaction]:
    """Return the routing table."""
    return (
        Reaction("cases.open-accepted-reports", "intake", {ReportAccepted: on_report_accepted(cases, clock)}),
        Reaction("cases.hear-answers", "intake", {MessageReceived: on_message_received(questions, clock)}),
    )
