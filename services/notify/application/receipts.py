"""What providers tell later of what they had taken: found again by the name that they gave it, and put on record."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from services.notify.application.moving import Ways
from services.notify.application.telling import NOTIFICATION
from services.notify.domain import Notification
from shared.clock import Clock
from shared.errors import CorruptRecordError
from shared.events.arrivals import DeliveryReported
from shared.events.envelope import Actor, Recorded
from shared.events.notify import DeliveryConfirmed, DeliveryState, NotificationMoved, NotificationSent
from shared.eventstore.context import caused_by
from shared.eventstore.index import IndexEntry
from shared.eventstore.work import UnitOfWork
from shared.vault.sealing import opened_text, place_of
from shared.vault.vault import Vault, own_subject

REFERENCE = "channel-reference"
SYSTEM = Actor("system:notify", "system")

STATES: Mapping[str, DeliveryState] = {
    "delivered": "delivered",
    "read": "read",
    "seen": "read",
    "failed": "undelivered",
    "undelivered": "undelivered",
}
"""The words of the providers, and ours; what else they say, such as `queued`, is known already."""

_ORDER: Sequence[str] = ("undelivered", "delivered", "read")
"""What may follow what: receipts arrive in any order, and a message that was read has arrived."""


def index(recorded: Recorded) -> Sequence[IndexEntry]:
    """Return under which name a provider may speak of a notification; a hash, for some write the number into it."""
    event = recorded.event
    if not isinstance(event, NotificationSent) or event.channel_reference is None:
        return ()
    return (IndexEntry(REFERENCE, _key(event.channel_reference), str(recorded.envelope.stream_id)),)


class Receipts:
    """Puts on record what a provider reported, beside the notification that it is about. What never arrived goes on by
    the next way, if there is one.
    """

    def __init__(self, vault: Vault, clock: Clock, ways: Ways) -> None:
        """`vault` opens the name that the provider uses."""
        self._ways = ways
        self._vault = vault
        self._clock = clock

    def on_reported(self, work: UnitOfWork, heard: Recorded) -> None:
        """Take a report; one of what we did not send, or that says nothing new, changes nothing."""
        event, head = heard.event, heard.envelope
        if not isinstance(event, DeliveryReported):
            raise CorruptRecordError(f"{head.type} is no report of a delivery.")
        state = STATES.get(event.state.lower())
        if state is None:
            return
        place = place_of({head.subject or own_subject(head.stream_id)}, head.stream_id, head.stream_version)
        named = opened_text(self._vault, event.provider_id, place, "provider_id")
        known = work.lookup(REFERENCE, _key(named))
        facts = work.read(UUID(known)) if known else ()
        if not facts or facts[0].envelope.tenant != head.tenant:
            return
        attempt = _attempt(facts, named)
        if not _is_news(facts, state, attempt):
            return
        about = facts[0].envelope
        context = caused_by(head, actor=SYSTEM, now=self._clock(), occurred_at=head.occurred_at)
        context = replace(context, subject=about.subject)
        confirmed = DeliveryConfirmed(state=state, attempt=attempt)
        so_far = NOTIFICATION.fold(facts)
        lost = state == "undelivered" and so_far is not None and so_far.sent == attempt
        moved = self._moved(work, so_far) if lost and so_far is not None else None
        work.append(about.stream_id, len(facts), [confirmed, *((moved,) if moved else ())], context)

    def _moved(self, work: UnitOfWork, state: Notification) -> NotificationMoved | None:
        if state.queued is None or state.queued.recipient_id is None:
            return None
        return self._ways.after(state, work.read(state.queued.recipient_id), self._clock(), "undelivered")


def _attempt(facts: Sequence[Recorded], reference: str) -> int | None:
    """Return the attempt that a provider speaks of: the last one that it gave this name."""
    sent = (fact.event for fact in reversed(facts) if isinstance(fact.event, NotificationSent))
    return next((event.attempt for event in sent if event.channel_reference == reference), None)


def _is_news(facts: Sequence[Recorded], state: DeliveryState, attempt: int | None) -> bool:
    confirmed = (fact.event for fact in facts if isinstance(fact.event, DeliveryConfirmed))
    told = [event.state for event in confirmed if event.attempt in {None, attempt}]
    return not told or _ORDER.index(state) > max(map(_ORDER.index, told))


def _key(reference: str) -> str:
    return hashlib.sha256(reference.encode()).hexdigest()
