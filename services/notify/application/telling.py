"""Who may be told, and that somebody is to be told: written in the transaction of the reaction that asks for it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec

from services.notify.domain import News, Quiet, Text, contact_of, decide_telling
from services.notify.templates import Templates, plain
from shared.clock import Clock
from shared.errors import TryLaterError
from shared.events.envelope import Actor, Envelope
from shared.events.notify import Audience, NotificationQueued, Occasion, RecipientRegistered
from shared.eventstore.context import CommandContext, caused_by
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id

PATIENCE = timedelta(minutes=10)
"""How long a fact waits for another stream's fact that was recorded before it and is heard after it."""

SYSTEM = Actor("system:notify", "system")


def recipient_id(subject_id: UUID) -> UUID:
    """Return the stream that says how the complainant of a case, or an organisation, may be told something."""
    return derived_id("notify-recipient", str(subject_id))


def notification_id(cause: Envelope, audience: Audience) -> UUID:
    """Return the stream of what one audience is told because of one fact: hearing the fact twice names it twice."""
    return derived_id("notification", str(cause.event_id), audience)


@dataclass(frozen=True, slots=True)
class Telling:
    """The commands of the reactions. Facts older than `historical` when they were recorded are told to nobody."""

    templates: Templates
    clock: Clock
    historical: timedelta
    quiet: Quiet

    def register(self, work: UnitOfWork, *, subject_id: UUID, recipient: RecipientRegistered, cause: Envelope) -> None:
        """Take down how somebody may be told something; the last word counts, the same word twice is one."""
        facts = work.read(recipient_id(subject_id))
        if contact_of(facts) != recipient:
            work.append(recipient_id(subject_id), len(facts), [recipient], self._because(cause))

    def recipient(self, work: UnitOfWork, *, subject_id: UUID) -> RecipientRegistered | None:
        """Return what is known of how somebody may be told something."""
        return contact_of(work.read(recipient_id(subject_id)))

    def demand_known(self, work: UnitOfWork, *, subject_id: UUID, cause: Envelope) -> None:
        """Wait for news of somebody that comes on another way: a `TryLaterError`, for some minutes."""
        if self.clock() - cause.recorded_at < PATIENCE and not work.version(recipient_id(subject_id)):
            raise TryLaterError("The registration of the organisation has not been heard yet.")

    def tell(
        self,
        work: UnitOfWork,
        *,
        cause: Envelope,
        occasion: Occasion,
        audience: Audience,
        to: UUID | RecipientRegistered,
        values: dict[str, str],
    ) -> None:
        """Queue a text or put on record why silence is kept, once for each cause and audience.

        `to` is the case or the organisation that is told, or the way to somebody of this office; what is queued is
        sealed with the key of who is told.
        """
        stream_id = notification_id(cause, audience)
        if work.version(stream_id):
            return
        news = News(
            case_id=cause.stream_id,
            occasion=occasion,
            audience=audience,
            occurred_at=cause.occurred_at,
            recorded_at=cause.recorded_at,
        )

        def render(language: str) -> Text:
            words = {name: plain(value) for name, value in values.items()}
            return self.templates.render(f"{occasion}.{audience}", language, words)

        facts = work.read(recipient_id(to)) if isinstance(to, UUID) else ()
        recipient = contact_of(facts) if isinstance(to, UUID) else to
        contact = recipient.contact if recipient is not None else None
        event = decide_telling(news, contact, render, self.historical, now=self.clock(), quiet=self.quiet)
        if isinstance(event, NotificationQueued) and isinstance(to, UUID):
            event = msgspec.structs.replace(event, recipient_id=recipient_id(to))
        told = facts[-1].envelope.subject if facts else None
        work.append(stream_id, 0, [event], msgspec.structs.replace(self._because(cause), subject=told))

    def _because(self, cause: Envelope) -> CommandContext:
        return caused_by(cause, actor=SYSTEM, now=self.clock())
