"""Facebook Messenger. Source: developers.facebook.com/docs/messenger-platform/webhooks."""

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
    Webhook,
    Withdrawn,
)
from services.intake.channels.untrusted import at, items, json_of, kept, moment, word


class Messenger(Webhook):
    """Reads every one of `entry[].messaging[]`."""

    name: ClassVar[str] = "messenger"
    title: ClassVar[str] = "Messenger"
    settings: ClassVar[tuple[str, ...]] = ("secrets", "verify_token", "provider_id")

    def handshake(self, delivery: Delivery, account: Account) -> Answer | None:
        """Answer Meta's challenge."""
        return meta.challenged(delivery, account)

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:
        """Check Meta's signature."""
        return meta.vouched(delivery, account, now)

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return every message, postback and receipt; the rest is kept."""
        tree = json_of(delivery.raw)
        found: list[Arrival] = []
        for entry in items(tree, "entry"):
            told = items(entry, "messaging")
            found += [one for part in told for one in _event(part)] or [kept(entry, word(entry, "id"))]
        return found or [kept(tree)]


def _event(one: Any) -> list[Arrival]:
    to, sender, sent = word(one, "recipient", "id"), word(one, "sender", "id"), moment(at(one, "timestamp"))
    message, postback = at(one, "message"), at(one, "postback")
    if message is not None:
        return [_message(message, to, sender, sent) or kept(one, to)]
    if (of := word(one, "message_edit", "mid")) and (text := word(one, "message_edit", "text")):
        return [Edited(key=f"{of}/{at(one, 'timestamp')}", of=of, text=text, sender=sender, to=to, at=sent)]
    if (key := word(postback, "mid")) and (text := word(postback, "title") or word(postback, "payload")):
        return [Said(key=key, text=text, sender=sender, to=to, at=sent)]
    mids = [str(mid) for mid in items(one, "delivery", "mids")]
    # Read and delivery are told by the page's user: what they speak of was sent by the page that they name.
    reports: list[Arrival] = [
        Reported(key=f"{mid}/delivered", of=mid, state="delivered", to=to, at=sent) for mid in mids
    ]
    return reports or [kept(one, to)]


def _message(one: Any, to: str | None, sender: str | None, sent: datetime | None) -> Arrival | None:
    key = word(one, "mid")
    if key is None or at(one, "is_echo"):
        return None
    if at(one, "is_deleted"):
        return Withdrawn(key=f"{key}/deleted", of=key, sender=sender, to=to, at=sent)
    shown = [f"[{word(part, 'type')}]" for part in items(one, "attachments")]
    text = "\n".join(filter(None, (*shown, word(one, "text"))))
    files = tuple(
        Attached(kind=word(part, "type") or "file", source=url)
        for part in items(one, "attachments")
        if (url := word(part, "payload", "url"))
    )
    return Said(key=key, text=text, sender=sender, to=to, at=sent, attachments=files) if text else None
