"""The next way to somebody where one led nowhere: chosen from the profile of today, which is opened just for that."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.notify.domain import Notification, Quiet, contact_of, decide_move
from shared.events.envelope import Recorded
from shared.events.notify import NotificationMoved, NotificationQueued
from shared.events.values import ContactChannel, SafeContact
from shared.vault.sealing import opened, place_of
from shared.vault.tokens import ERASED
from shared.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Ways:
    """What a further way is chosen by: what opens a profile, the hours to keep, and the channels that are set up."""

    vault: Vault
    quiet: Quiet
    able: Container[ContactChannel]

    def profile(self, facts: Sequence[Recorded]) -> SafeContact | None:
        """Return what was last said of a recipient, opened."""
        known = contact_of(facts)
        if known is None:
            return None
        head = facts[-1].envelope
        return opened(self.vault, known, place_of({head.subject}, head.stream_id, head.stream_version)).contact

    def address(self, facts: Sequence[Recorded]) -> str | None:
        """Return where a notification goes now, opened."""
        for fact in reversed(facts):
            if isinstance(fact.event, NotificationQueued | NotificationMoved):
                head = fact.envelope
                place = place_of({head.subject}, head.stream_id, head.stream_version)
                return opened(self.vault, fact.event, place).address
        return None

    def after(
        self, state: Notification, recipient: Sequence[Recorded], now: datetime, reason: str
    ) -> NotificationMoved | None:
        """Return the move to the next way, None where only a person is left."""
        moved = decide_move(state, self.profile(recipient), now=now, quiet=self.quiet, able=self.able, reason=reason)
        return None if moved is None or moved.address == ERASED else moved
