"""CloudEvents from systems without a key of ours: one account, a shared secret, and the OPTIONS handshake.

Source: CloudEvents 1.0.2, HTTP protocol binding; HTTP 1.1 Web Hooks for Event Delivery, section 4.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from services.intake.channels.cloudevents import events_in
from services.intake.channels.port import Account, Answer, Arrival, Delivery, Outcome, Said, Webhook, named
from services.intake.channels.untrusted import at, by_basic, json_of, kept, moment, plain, word
from shared.errors import InvalidError, MalformedError, UnsupportedMediaError

MOST = 1000


class CloudEvents(Webhook):
    """An event is known by its source and id."""

    name: ClassVar[str] = "cloudevents"
    title: ClassVar[str] = "CloudEvents"

    def handshake(self, delivery: Delivery, account: Account) -> Answer | None:  # noqa: ARG002 - asked before it is known
        """Allow the origin that asks; what it then sends needs the secret."""
        origin = delivery.headers.get("webhook-request-origin")
        if delivery.method != "OPTIONS":
            return None
        allowed = {"WebHook-Allowed-Origin": origin} if origin and origin.isprintable() and origin.isascii() else {}
        return Answer(headers={"Allow": "POST, OPTIONS"} | allowed)

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:  # noqa: ARG002 - no time is signed
        """Check the shared secret."""
        return by_basic(delivery, account)

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return each event's data as a message."""
        try:
            events = events_in(delivery.headers, delivery.raw, MOST)
        except (InvalidError, UnsupportedMediaError):
            raise MalformedError("These are no CloudEvents.") from None
        return [_event(one) or kept(one) for one in events]

    def answer(self, outcome: Outcome) -> Answer:
        """Say that it is taken, or was before."""
        return named(outcome, 200 if outcome.repeated else 202)


def _event(one: Any) -> Arrival | None:
    source, key, data = word(one, "source"), word(one, "id"), _data(one)
    try:
        text = word(data, "text") or "\n".join(plain(data))
    except MalformedError:
        return None
    if at(one, "specversion") != "1.0" or source is None or key is None or not text:
        return None
    return Said(key=f"{source}\x1f{key}", text=text, sender=word(data, "sender"), at=moment(at(one, "time")))


def _data(one: Any) -> Any:
    """Return the data, from base64 where it came so; None where that is no text."""
    encoded = word(one, "data_base64")
    if encoded is None:
        return at(one, "data")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        return None
    try:
        return json_of(text.encode()) if "json" in (word(one, "datacontenttype") or "") else text
    except MalformedError:
        return text
