"""LINE Messaging API. Source: developers.line.biz/en/reference/messaging-api, webhook events."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from services.intake.channels.port import Account, Arrival, Attached, Delivery, Edited, Said, Source, Webhook, Withdrawn
from services.intake.channels.untrusted import at, each, items, json_of, kept, moment, same, signed, word
from shared.errors import MalformedError


class Line(Webhook):
    """Reads every event; an empty list is LINE asking whether we are there."""

    name: ClassVar[str] = "line"
    title: ClassVar[str] = "LINE"

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:  # noqa: ARG002 - LINE signs no time
        """Check `x-line-signature`."""
        given = delivery.headers.get("x-line-signature", "")
        wanted = [base64.b64encode(signed(secret, delivery.raw)).decode() for secret in account.secrets]
        return any([same(given, one) for one in wanted])  # noqa: C419 - every secret is compared, whichever fits

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return an arrival for each event."""
        tree = json_of(delivery.raw)
        if not isinstance(at(tree, "events"), list):
            raise MalformedError("There are no events.")
        to = word(tree, "destination")
        return [_event(one, to) or _kept(one, to) for one in items(tree, "events")]

    settings: ClassVar[tuple[str, ...]] = ("secrets", "token")

    def source(self, named: str, account: Account) -> Source | None:
        """Ask LINE for the content of a message; an address of somebody else's is called as it is."""
        if named.startswith("https://"):
            return Source(url=named)
        if account.token is None:
            return None
        base = account.api or "https://api-data.line.me"
        headers = {"Authorization": f"Bearer {account.token}"}
        return Source(url=f"{base}/v2/bot/message/{quote(named, safe='')}/content", headers=headers)


def _kept(one: Any, to: str | None) -> Arrival:
    return each([one], lambda _: None, to)[0] if not isinstance(one, dict) else kept(_settled(one), to)


def _settled(one: dict[str, Any]) -> dict[str, Any]:
    # A redelivery says that it is one: without that it is the same event.
    return {name: value for name, value in one.items() if name != "deliveryContext"}


def _event(one: Any, to: str | None) -> Arrival | None:
    kind, sent = word(one, "type"), moment(at(one, "timestamp"))
    source = at(one, "source")
    sender = word(source, "userId") or word(source, "groupId") or word(source, "roomId")
    if kind == "unsend" and (of := word(one, "unsend", "messageId")):
        return Withdrawn(key=f"{of}/unsend", of=of, sender=sender, to=to, at=sent)
    message = at(one, "message")
    key = word(message, "id") or word(one, "webhookEventId")
    if key is None:
        return None
    text = _text(message) if kind in ("message", "messageEdited") else word(one, "postback", "data")
    if text is None or kind not in ("message", "messageEdited", "postback"):
        return None
    if kind == "messageEdited":
        return Edited(
            key=word(one, "webhookEventId") or f"{key}/edited", of=key, text=text, sender=sender, to=to, at=sent
        )
    return Said(key=key, text=text, sender=sender, to=to, at=sent, attachments=_files(message))


def _files(message: Any) -> tuple[Attached, ...]:
    kind, named = word(message, "type"), word(message, "id")
    if kind not in ("image", "video", "audio", "file") or named is None:
        return ()
    source = word(message, "contentProvider", "originalContentUrl") or named
    return (Attached(kind=kind, source=source, name=word(message, "fileName")),)


def _text(message: Any) -> str | None:
    kind = word(message, "type")
    if kind == "text":
        return word(message, "text")
    if kind in ("image", "video", "audio", "file", "sticker"):
        return f"[{kind} {word(message, 'id') or ''}]"
    if kind == "location":
        where = f"[location {at(message, 'latitude')},{at(message, 'longitude')}]"
        return " ".join(filter(None, (where, word(message, "title"), word(message, "address"))))
    return None
