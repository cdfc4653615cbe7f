"""The native message: what an app, a form or a hotline operator posts, and what a CloudEvent carries as its data."""

from datetime import date
from typing import Annotated

from pydantic import Field, JsonValue

from shared.events.intake import Grievance, MessageReceived
from shared.events.values import Teller
from shared.web.commands import Body, as_command, shown
from shared.web.fields import Country, Language, Line, PartyField, Prose, SafeContactField, Since, Word, Workers

EXAMPLE: dict[str, JsonValue] = {
    "channel": "app",
    "account": "golden-dreams-app",
    "external_id": "msg-000017",
    "sender": "user-8841",
    "text": "They keep our passports in the office and we have not been paid for two months.",
    "language": "en",
    "occurred_at": "2026-03-01T09:30:00+07:00",
    "grievance": {"issues": ["DOC-RET", "WAG-NON"], "country": "TH", "workers": 14},
}


class GrievanceField(Body):
    """What a structured sender could already say; every field may be left out."""

    issues: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    summary: Prose | None = None
    country: Country | None = None
    sector: Line | None = None
    site: Line | None = None
    workers: Workers = 1
    respondent: Line | None = None
    complainant: PartyField | None = None
    safe_contact: SafeContactField | None = None
    statistics_consent: bool = False
    told_by: Annotated[Teller | None, Field(description="Who tells; nobody guesses it.")] = None
    happened_on: Annotated[date | None, Field(description="The day it happened, or began.")] = None


class NativeMessage(Body):
    """A message of a worker, or of somebody for them."""

    model_config = shown(EXAMPLE)

    channel: Annotated[Word, Field(description="The kind of channel, such as app, hotline, form.")]
    account: Annotated[Word, Field(description="Which of our accounts on that channel took it.")]
    external_id: Annotated[Line, Field(description="The sender's own id; the same one again is the same message.")]
    text: Prose
    sender: Annotated[Line | None, Field(description="Who wrote, as the channel knows them; may be left out.")] = None
    language: Language | None = None
    country: Country | None = None
    occurred_at: Since = None
    grievance: GrievanceField | None = None

    def received(self) -> MessageReceived:
        """Return the fact that this message came in."""
        return MessageReceived(
            channel=self.channel,
            account=self.account,
            external_id=self.external_id,
            text=self.text,
            sender=self.sender,
            language=self.language,
            country=self.country,
            grievance=None if self.grievance is None else as_command(self.grievance, Grievance),
        )
