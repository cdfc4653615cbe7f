"""What was written to an organisation, opened for somebody who says why; letters to persons are never printed."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.errors import GateClosedError, NotFoundError
from shared.events.notify import LetterFieldsViewed, NotificationQueued
from shared.events.privacy import Purpose
from shared.eventstore.store import EventStore
from shared.privacy.reading import Asked, Part, Reading, Say
from shared.vault.sealing import place_of
from shared.vault.tokens import ERASED

ORGANISATIONS = frozenset({"respondent", "brand", "government"})


class Written(NamedTuple):
    """One letter."""

    language: str
    subject: str
    body: str
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class Letters:
    """Opens letters; that one was opened is put on record first."""

    store: EventStore
    reading: Reading

    async def open(self, notification_id: UUID, asked: Asked | None) -> Written:
        """Return a letter, masked where nobody says why; `GateClosedError` for what is no letter to an organisation."""
        facts = await self.store.stream(notification_id)
        queued = facts[0].event if facts else None
        if not isinstance(queued, NotificationQueued) or queued.audience not in ORGANISATIONS:
            raise GateClosedError(
                "letter-to-an-organisation",
                "Only what was written to an organisation is printed.",
                opens="Take a notification to a respondent, brand or government that was not held back.",
            )
        head = facts[0].envelope
        part = Part({"body": queued.body}, place_of({head.subject}, head.stream_id, head.stream_version))
        (tree,) = await self.reading.shown([part], head.subject, asked, _viewed(notification_id))
        if tree["body"] == ERASED:
            raise NotFoundError("The letter was erased.")
        return Written(queued.language, queued.subject, tree["body"], head.recorded_at)


def _viewed(notification_id: UUID) -> Say:
    def say(subject: UUID, purpose: Purpose, fields: tuple[str, ...]) -> LetterFieldsViewed:
        return LetterFieldsViewed(
            subject=subject, purpose=purpose, record="notification", record_id=notification_id, fields=fields
        )

    return say
