"""Letters of erased persons leave the outbox: they are the one place where an address lies in the clear."""

from services.notify.channels.outbox import OutboxChannel
from shared.eventstore.store import EventStore
from shared.vault.vault import Vault


class Forgetting:
    """Looks through the outbox whenever somebody was erased since the last look, and once at the start."""

    def __init__(self, store: EventStore, outbox: OutboxChannel, vault: Vault) -> None:
        """Take the record of notifications, the outbox, and the vault that knows who was erased."""
        self._store = store
        self._outbox = outbox
        self._vault = vault
        self._looked_at = -1

    async def look(self) -> None:
        """Carry out one round."""
        erasures = self._vault.erasures()
        if erasures == self._looked_at:
            return
        for letter in self._outbox.waiting():
            facts = await self._store.stream(letter)
            subject = facts[0].envelope.subject if facts else None
            if subject is not None and self._vault.is_erased(subject):
                self._outbox.remove(letter)
        self._looked_at = erasures
