"""WhatsApp Cloud API: up to a thousand messages and statuses in one delivery, of several numbers.

Source: developers.facebook.com/docs/whatsapp/cloud-api/webhooks.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from services.intake.channels import meta
from services.intake.channels.port import (
    Account,
    Answer,
    Arrival,
    Attached,
    Delivery,
    Edited,
    Reported,
    Said,
    Source,
    Webhook,
    Withdrawn,
)
from services.intake.channels.untrusted import at, each, items, json_of, kept, moment, word

_MEDIA = ("image", "audio", "voice", "video", "document", "sticker")


class WhatsApp(Webhook):
    """Reads `entry[].changes[].value`; who has no telephone number is known by their `user_id`."""

    name: ClassVar[str] = "whatsapp"
    title: ClassVar[str] = "WhatsApp Cloud API"
    settings: ClassVar[tuple[str, ...]] = ("secrets", "verify_token", "provider_id", "token")

    def handshake(self, delivery: Delivery, account: Account) -> Answer | None:
        """Answer Meta's challenge."""
        return meta.challenged(delivery, account)

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:
        """Check Meta's signature."""
        return meta.vouched(delivery, account, now)

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return every message and status; other changes are kept."""
        tree = json_of(delivery.raw)
        found = [one for entry in items(tree, "entry") for change in items(entry, "changes") for one in _change(change)]
        return found or [kept(tree)]

    def source(self, named: str, account: Account) -> Source | None:
        """Ask the Graph API for the address of a file; the token opens both."""
        if account.token is None:
            return None
        base = account.api or "https://graph.facebook.com/v23.0"
        headers = {"Authorization": f"Bearer {account.token}"}
        return Source(url=f"{base}/{named}", headers=headers, path=("url",))


def _change(change: Any) -> list[Arrival]:
    value = at(change, "value")
    to = word(value, "metadata", "phone_number_id")
    known = items(value, "contacts")
    only = word(known[0], "user_id") if len(known) == 1 else None
    messages = each(items(value, "messages"), lambda one: _message(one, to, only), to)
    statuses = each(items(value, "statuses"), lambda one: _status(one, to), to)
    return [*messages, *statuses] or [kept(change, to)]


def _message(one: Any, to: str | None, user: str | None) -> Arrival | None:
    key, kind, sent = word(one, "id"), word(one, "type"), moment(at(one, "timestamp"))
    if key is None or kind is None:
        return None
    sender = word(one, "from") or word(one, "from_user_id") or user
    if kind == "revoke" and (of := word(one, "revoke", "original_message_id")):
        return Withdrawn(key=key, of=of, sender=sender, to=to, at=sent)
    if kind == "edit" and (of := word(one, "edit", "original_message_id")):
        return Edited(key=key, of=of, text=_text(at(one, "edit", "message")) or "", sender=sender, to=to, at=sent)
    text = _text(one)
    if text is None:
        return None
    return Said(key=key, text=text, sender=sender, to=to, at=sent, attachments=_files(one, kind))


def _files(one: Any, kind: str) -> tuple[Attached, ...]:
    told = at(one, kind)
    named = word(told, "id")
    if kind not in _MEDIA or named is None:
        return ()
    return (Attached(kind=kind, source=named, media_type=word(told, "mime_type"), name=word(told, "filename")),)


def _text(one: Any) -> str | None:
    kind = word(one, "type") or ""
    told = at(one, kind)
    if kind == "text":
        return word(told, "body")
    if kind in _MEDIA:
        return "\n".join(filter(None, (f"[{kind} {word(told, 'id') or ''}]", word(told, "caption"))))
    if kind == "location":
        where = f"{at(told, 'latitude')},{at(told, 'longitude')}"
        return " ".join(filter(None, (f"[location {where}]", word(told, "name"), word(told, "address"))))
    if kind == "button":
        return word(told, "text")
    if kind == "interactive":
        return word(told, word(told, "type") or "", "title")
    return None


def _status(one: Any, to: str | None) -> Arrival | None:
    of, state = word(one, "id"), word(one, "status")
    if of is None or state is None:
        return None
    return Reported(key=f"{of}/{state}", of=of, state=state, to=to, at=moment(at(one, "timestamp")))
