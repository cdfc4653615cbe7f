"""Standard Webhooks: any JSON, signed with its id and time. Source: standardwebhooks.com, specification 1.0."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from services.intake.channels.port import Account, Answer, Arrival, Delivery, Outcome, Said, Webhook, named
from services.intake.channels.untrusted import at, json_of, kept, moment, plain, same, word

TOLERANCE = 300
"""Seconds that a delivery may be old, or early."""


class StandardWebhooks(Webhook):
    """The id is the same over retries; the list of signatures is for rotation on their side."""

    name: ClassVar[str] = "standard"
    title: ClassVar[str] = "Standard Webhooks"

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:
        """Check that a v1 signature of the list is ours, and the time near."""
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        key, time, signatures = (delivery.headers.get(name, "") for name in names)
        if not key or "." in key or not time.isascii() or not time.isdigit() or len(time) > len("99999999999"):
            return False
        content = f"{key}.{time}.".encode("utf-8", "replace") + delivery.raw
        given = [value for part in signatures.split() if (value := part.removeprefix("v1,")) != part]
        wanted = [base64.b64encode(hmac.digest(_key(one), content, "sha256")).decode() for one in account.secrets]
        known = any([same(one, other) for one in given for other in wanted])  # noqa: C419 - every secret is compared, whichever fits
        return known and abs(now.timestamp() - int(time)) <= TOLERANCE

    def answer(self, outcome: Outcome) -> Answer:
        """Name the messages."""
        return named(outcome)

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return the body as one message: its `text` where it has one, else all its members."""
        tree, key = json_of(delivery.raw), delivery.headers.get("webhook-id")
        content = at(tree, "data") if isinstance(at(tree, "data"), dict) else tree
        text = word(content, "text") or "\n".join(plain(content))
        if not key or not text:
            return [kept(tree)]
        return [Said(key=key, text=text, sender=word(content, "sender"), at=moment(at(tree, "timestamp")))]


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return secret.encode()
