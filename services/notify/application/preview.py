"""What would be told of a case, to whom, when, and why not: the rules and the profiles of today, without sending."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.notify.application.telling import Office, Telling, handler_id, recipient_id
from services.notify.domain import News, Rule, Rules, Text, contact_of, decide_telling
from shared.events.notify import NotificationQueued, RecipientRegistered
from shared.eventstore.store import EventStore


class Foreseen(msgspec.Struct, frozen=True, kw_only=True):
    """One rule and what it would do now: `due_at` when it would go out, or `reason` why it would not."""

    fact: str
    occasion: str
    audience: str
    text: str
    channel: str | None = None
    language: str | None = None
    due_at: datetime | None = None
    reason: str | None = None
    person: bool = False


class Preview:
    """Reads profiles and rules; writes nothing."""

    def __init__(self, store: EventStore, telling: Telling, rules: Rules, office: Office) -> None:
        """Take the record of notify and what its reactions stand on."""
        self._store = store
        self._telling = telling
        self._rules = rules
        self._office = office

    async def foresee(self, *, case_id: UUID, organisations: Sequence[UUID]) -> Sequence[Foreseen]:
        """Return every rule for a case in which these organisations are respondents."""
        known = await self._known(case_id)
        told: list[Foreseen] = []
        for rule in self._rules.rule:
            recipients = await self._recipients(rule, case_id, known, organisations)
            told.extend(self._one(rule, case_id, recipient) for recipient in recipients)
        return told

    async def _recipients(
        self, rule: Rule, case_id: UUID, known: RecipientRegistered | None, organisations: Sequence[UUID]
    ) -> Sequence[RecipientRegistered | None]:
        match rule.audience:
            case "complainant":
                return [known]
            case "operator":
                return [await self._known(handler_id(case_id))]
            case "supervisor":
                return [RecipientRegistered(audience="supervisor", contact=self._office.supervisors)]
            case "safeguarding":
                return [RecipientRegistered(audience="safeguarding", contact=self._office.safeguarding)]
            case "witness":
                return []  # told of the ledgers, never of a case
            case _:
                found = [await self._known(one) for one in organisations]
                return [one for one in found if one is not None and one.audience == rule.audience]

    def _one(self, rule: Rule, case_id: UUID, recipient: RecipientRegistered | None) -> Foreseen:
        now = self._telling.clock()
        news = News(
            case_id=case_id,
            occasion=rule.occasion,
            audience=rule.audience,
            occurred_at=now,
            recorded_at=now,
            delay=rule.delay,
            life=rule.life,
            channels=rule.channels,
        )
        contact = recipient.contact if recipient else None

        def render(language: str) -> Text:
            return Text(self._telling.templates.spoken(rule.text, language), "", "", "")

        event = decide_telling(news, contact, render, self._telling.historical, now=now, quiet=self._telling.quiet)
        row = Foreseen(fact=rule.fact, occasion=rule.occasion, audience=rule.audience, text=rule.text)
        if not isinstance(event, NotificationQueued):
            return msgspec.structs.replace(row, reason=event.reason, person=event.person)
        due_at = event.not_before or now
        return msgspec.structs.replace(row, channel=event.channel, language=event.language, due_at=due_at)

    async def _known(self, subject_id: UUID) -> RecipientRegistered | None:
        return contact_of(await self._store.stream(recipient_id(subject_id)))
