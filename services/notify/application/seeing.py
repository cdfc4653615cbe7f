"""What no machine may send is seen to by a person of the office, who says how it went."""

from collections.abc import Sequence
from uuid import UUID

from services.notify.application.telling import NOTIFICATION
from services.notify.domain import is_late
from shared.errors import GateClosedError, NotFoundError
from shared.events.envelope import Event, Recorded
from shared.events.notify import DeliveryConfirmed, NotificationFailed, NotificationSuppressed, PersonTold, SeenTo
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore, Written
from shared.eventstore.work import UnitOfWork


class Seeing:
    """The one command on notifications."""

    def __init__(self, store: EventStore) -> None:
        """Take the record of notifications."""
        self.store = store

    async def see_to(self, *, context: CommandContext, notification_id: UUID, outcome: SeenTo) -> Written:
        """Record that somebody saw to it; once, and only where a person had to."""

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            facts = unit.read(notification_id)
            if not facts or facts[0].envelope.tenant != context.tenant:
                raise NotFoundError(f"There is no notification with the id {notification_id}.")
            state = NOTIFICATION.fold(facts)
            spoken = (fact.event for fact in reversed(facts) if state is None or not is_late(fact.event, state))
            if not _waits(next(spoken)):
                raise GateClosedError(
                    "waits-for-a-person",
                    "Nobody has to see to this notification.",
                    opens="See to those that 'GET /notify/v1/notifications?person=true' lists.",
                )
            return unit.append(notification_id, len(facts), [PersonTold(outcome=outcome)], context)

        return await self.store.write(context, work)


def _waits(last: Event) -> bool:
    """Whether a person has to see to it: no machine may write, every attempt failed, or it never arrived."""
    match last:
        case NotificationSuppressed(person=person):
            return person
        case NotificationFailed(retry_at=retry_at):
            return retry_at is None
        case DeliveryConfirmed(state=state):
            return state == "undelivered"
        case _:
            return False
