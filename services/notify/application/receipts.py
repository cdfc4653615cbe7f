"""What providers tell later of what they had taken: found again by the name that they gave it, and put on record."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec.structs import replace

from shared.clock import Clock
from shared.errors import CorruptRecordError
from shared.events.arrivals import DeliveryReported
from shared.events.envelope import Actor, Recorded
from shared.events.notify import DeliveryConfirmed, DeliveryState, NotificationSent
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
    """Puts on record what a provider reported, beside the notification that it is about."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        """`vault` opens the name that the provider uses."""
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
        if not facts or facts[0].envelope.tenant != head.tenant or not _is_news(facts, state):
            return
        about = facts[0].envelope
        context = caused_by(head, actor=SYSTEM, now=self._clock(), occurred_at=head.occurred_at)
        context = replace(context, subject=about.subject)
        work.append(about.stream_id, len(facts), [DeliveryConfirmed(state=state)], context)


def _is_news(facts: Sequence[Recorded], state: DeliveryState) -> bool:
    told = [fact.event.state for fact in facts if isinstance(fact.event, DeliveryConfirmed)]
    return not told or _ORDER.index(state) > max(map(_ORDER.index, told))


def _key(reference: str) -> str:
    return hashlib.sha256(reference.encode()).hexdigest()
