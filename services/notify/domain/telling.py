"""Whether somebody is told: silence is the default, and each silence has its reason."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.notify.domain.safety import Quiet, Silence, choose_way
from shared.events.envelope import Recorded
from shared.events.notify import (
    Audience,
    NotificationQueued,
    NotificationSuppressed,
    Occasion,
    RecipientRegistered,
)
from shared.events.values import ContactChannel, SafeContact


class Text(msgspec.Struct, frozen=True):
    """What is sent: a rendered template and which one it was."""

    language: str
    template: str
    subject: str
    body: str


Render = Callable[[str], Text]
"""From the language that the recipient asked for to the text."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """That something happened in a case that somebody might be told of; the times are those of that fact.

    `delay` and `life` are the rule's: how long after it is told, and until how long after at most. None: for ever.
    `channels`: on these only; none: on any. `hindered`: why it cannot be said at all, if so.
    """

    case_id: UUID
    occasion: Occasion
    audience: Audience
    occurred_at: datetime
    recorded_at: datetime
    delay: timedelta = timedelta()
    life: timedelta | None = None
    channels: tuple[ContactChannel, ...] = ()
    rules: str | None = None
    hindered: Silence | None = None


def contact_of(facts: Sequence[Recorded]) -> RecipientRegistered | None:
    """Return what was last said of a recipient, None for one never heard of."""
    event = facts[-1].event if facts else None
    return event if isinstance(event, RecipientRegistered) else None


def decide_telling(
    news: News,
    contact: SafeContact | None,
    render: Render,
    historical: timedelta,
    *,
    now: datetime,
    quiet: Quiet,
) -> NotificationQueued | NotificationSuppressed:
    """Queue the text for the first instant at which it is safe, or say why silence is kept."""
    if news.recorded_at - news.occurred_at > historical:
        return suppressed(news, Silence("historical", person=False))
    if news.hindered is not None:
        return suppressed(news, news.hindered)
    if contact is None:
        asked = news.audience == "complainant"
        return suppressed(news, Silence("no-safe-contact" if asked else "no-contact", person=False))
    expires_at = None if news.life is None else now + news.delay + news.life
    way = choose_way(contact, now + news.delay, quiet, only=news.channels, before=expires_at)
    if isinstance(way, Silence):
        return suppressed(news, way)
    text = render(contact.language or "en")
    return NotificationQueued(
        case_id=news.case_id,
        occasion=news.occasion,
        audience=news.audience,
        channel=way.contact.channel,
        address=way.contact.address,
        language=text.language,
        template=text.template,
        subject=text.subject,
        body=text.body,
        only=news.channels,
        not_before=way.until if way.until > now else None,
        expires_at=expires_at,
        rules=news.rules,
    )


def suppressed(news: News, silence: Silence) -> NotificationSuppressed:
    """Say that nothing is sent, and why."""
    return NotificationSuppressed(
        case_id=news.case_id,
        occasion=news.occasion,
        audience=news.audience,
        reason=silence.reason,
        person=silence.person,
        rules=news.rules,
    )
