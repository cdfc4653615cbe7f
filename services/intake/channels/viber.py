"""Viber bots: one event a delivery. Source: developers.viber.com/docs/api/rest-bot-api, callbacks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from services.intake.channels.port import Account, Arrival, Attached, Delivery, Reported, Said, Webhook
from services.intake.channels.untrusted import at, json_of, kept, moment, same, signed, word

_FILES = ("picture", "video", "file")


class Viber(Webhook):
    """`message_token` is larger than 2^53: it stays a whole number until it is text."""

    name: ClassVar[str] = "viber"
    title: ClassVar[str] = "Viber"

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:  # noqa: ARG002 - no time is signed
        """Check `X-Viber-Content-Signature`."""
        given = delivery.headers.get("x-viber-content-signature", "")
        return any([same(given, signed(secret, delivery.raw).hex()) for secret in account.secrets])  # noqa: C419 - every secret is compared, whichever fits

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return the message or the receipt; the question at the set-up holds nothing."""
        tree = json_of(delivery.raw)
        event, token, sent = word(tree, "event"), word(tree, "message_token"), moment(at(tree, "timestamp"))
        if event == "webhook":
            return []
        if token and event in ("delivered", "seen", "failed"):
            return [Reported(key=f"{token}/{event}", of=token, state=event, at=sent)]
        text = _text(at(tree, "message")) if event == "message" else None
        if token is None or text is None:
            return [kept(tree)]
        media, sender = word(tree, "message", "media"), word(tree, "sender", "id")
        kind = word(tree, "message", "type") or "file"
        name = word(tree, "message", "file_name")
        files = (Attached(kind=kind, source=media, name=name),) if media and kind in _FILES else ()
        return [Said(key=token, text=text, sender=sender, at=sent, attachments=files)]


def _text(message: Any) -> str | None:
    kind, text = word(message, "type"), word(message, "text")
    if kind == "text":
        return text
    if kind == "location":
        return f"[location {at(message, 'location', 'lat')},{at(message, 'location', 'lon')}]"
    if kind in _FILES:
        return "\n".join(filter(None, (f"[{kind}]", text)))
    if kind in ("sticker", "contact", "url"):
        return "\n".join(filter(None, (f"[{kind} {word(message, 'media') or ''}]", text)))
    return None
