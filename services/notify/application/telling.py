"""Who may be told, and that somebody is to be told: written in the transaction of the reaction that asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.notify.domain import News, Quiet, Rule, Silence, Text, contact_of, decide_telling, evolve
from services.notify.templates import Templates, plain
from shared.clock import Clock
from shared.errors import TryLaterError
from shared.events.envelope import Actor, Envelope
from shared.events.notify import NotificationQueued, NotificationSuppressed, RecipientRegistered
from shared.events.values import SafeContact
from shared.eventstore.context import CommandContext, caused_by
from shared.eventstore.decider import Decider
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id

PATIENCE = timedelta(minutes=10)
"""How long a fact waits for another stream's fact that was recorded before it and is heard after it."""

MOST_MOMENTS = 10
_ONCE_FOR_A_FACT = frozenset({"acknowledgement", "escalation", "answer", "closure", "break-glass"})
"""The occasions there were first; their notifications keep their ids."""

NOTIFICATION = Decider("notification", evolve)

SYSTEM = Actor("system:notify", "system")


def recipient_id(subject_id: UUID) -> UUID:
    """Return the stream that says how the complainant of a case, or an organisation, may be told something."""
    return derived_id("notify-recipient", str(subject_id))


def handler_id(case_id: UUID) -> UUID:
    """Return under what the handler of a case is known as a recipient."""
    return derived_id("notify-handler", str(case_id))


def notification_id(cause: Envelope, rule: Rule) -> UUID:
    """Return the stream of what one audience is told because of one fact: hearing the fact twice names it twice."""
    more = () if rule.occasion in _ONCE_FOR_A_FACT else (rule.occasion,)
    return derived_id("notification", str(cause.event_id), rule.audience, *more)


def moment_id(rule: Rule, about: str, place: int) -> UUID:
    """Return the stream of what is told at one of several times about one thing."""
    return derived_id("notification-at", rule.occasion, rule.audience, about, str(place))


@dataclass(frozen=True, slots=True)
class Office:
    """Where those are told who belong to no case: handlers by the id of their key, supervisors, safeguarding.

    And the witness: who checks the ledgers elsewhere.
    """

    handlers: Mapping[str, SafeContact] = field(default_factory=dict)
    supervisors: SafeContact | None = None
    safeguarding: SafeContact | None = None
    witness: SafeContact | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """The commands of the reactions. Facts older than `historical` when they were recorded are told to nobody."""

    templates: Templates
    clock: Clock
    historical: timedelta
    quiet: Quiet
    rules: str | None = None
    """The version of the rules, which each notification names."""

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
        case_id: UUID,
        rule: Rule,
        to: UUID | RecipientRegistered,
        values: Mapping[str, str],
        moments: Sequence[datetime] = (),
        about: str = "",
        hindered: Silence | None = None,
    ) -> None:
        """Queue a text or put on record why silence is kept, once for each cause, audience and occasion.

        `to` is the case or the organisation that is told, or the way to somebody of this office; what is queued is
        sealed with the key of who is told. `moments`: tell it then, each once for what it is `about`.
        `hindered`: why it cannot be said, if so.
        """
        now = self.clock()
        for place, moment in enumerate(moments or (None,)):
            stream_id = notification_id(cause, rule) if moment is None else moment_id(rule, about, place)
            if work.version(stream_id):
                continue
            news = News(
                case_id=case_id,
                occasion=rule.occasion,
                audience=rule.audience,
                occurred_at=cause.occurred_at,
                recorded_at=cause.recorded_at,
                delay=rule.delay if moment is None else max(moment - now, timedelta()),
                life=rule.life,
                channels=rule.channels,
                rules=self.rules,
                hindered=hindered,
            )
            self._append(work, cause, stream_id, news, rule, to, values)

    def withdraw(self, work: UnitOfWork, *, rule: Rule, about: str, cause: Envelope) -> None:
        """Take back what a rule queued for later times about something that is over."""
        for place in range(MOST_MOMENTS):
            facts = work.read(moment_id(rule, about, place))
            state = NOTIFICATION.fold(facts)
            if state is None:
                return
            if state.due_at is not None and state.queued is not None:
                over = NotificationSuppressed(
                    case_id=state.queued.case_id, occasion=rule.occasion, audience=rule.audience, reason="over"
                )
                work.append(facts[0].envelope.stream_id, len(facts), [over], self._because(cause))

    def _append(  # noqa: PLR0917 - what one notification is made of
        self,
        work: UnitOfWork,
        cause: Envelope,
        stream_id: UUID,
        news: News,
        rule: Rule,
        to: UUID | RecipientRegistered,
        values: Mapping[str, str],
    ) -> None:
        def render(language: str) -> Text:
            words = {name: plain(value) for name, value in values.items()}
            return self.templates.render(rule.text, language, words, tenant=cause.tenant)

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
