"""What intake hears: its own received messages, which it files into reports."""

from services.intake.application import Intake
from shared.bus.port import Reaction
from shared.clock import Clock
from shared.events.envelope import Actor, Recorded
from shared.events.intake import MessageReceived
from shared.eventstore.context import caused_by
from shared.eventstore.work import UnitOfWork

SYSTEM = Actor("system:intake", "system")


def filing(intake: Intake, clock: Clock) -> Reaction:
    """Return the reaction that files each message."""

    def on_message_received(unit: UnitOfWork, recorded: Recorded) -> None:
        now = clock()
        since = min(recorded.envelope.occurred_at, now)
        intake.file(unit, recorded, caused_by(recorded.envelope, actor=SYSTEM, now=now, occurred_at=since))

    return Reaction("intake.filing", "intake", {MessageReceived: on_message_received})
