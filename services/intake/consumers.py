"""What intake hears: its own received messages, which it files into reports."""

from services.intake.application import Intake
from shared.bus.port import Reaction
from shared.clock import Clock
from shared.events.envelope import Recorded
from shared.events.intake import MessageReceived
from shared.eventstore.context import caused_by
from shared.eventstore.work import UnitOfWork


def filing(intake: Intake, clock: Clock) -> Reaction:
    """Return the reaction that files each message."""

    def on_message_received(unit: UnitOfWork, recorded: Recorded) -> None:
        intake.file(unit, recorded, caused_by(recorded, "intake", clock()))

    return Reaction("intake.filing", "intake", {MessageReceived: on_message_received})
