"""What WhatsApp and Messenger share: the question with a token, and the signature over the bytes.

Source: developers.facebook.com/docs/graph-api/webhooks/getting-started.
"""

from datetime import datetime

from services.intake.channels.port import Account, Answer, Delivery
from services.intake.channels.untrusted import same, signed


def challenged(delivery: Delivery, account: Account) -> Answer | None:
    """Answer `hub.challenge` when the token is ours; refuse a wrong one."""
    if delivery.method != "GET":
        return None
    asked = delivery.query
    known = account.verify_token is not None and same(asked.get("hub.verify_token", ""), account.verify_token)
    if not known or asked.get("hub.mode") != "subscribe":
        return Answer(403)
    return Answer(body=asked.get("hub.challenge", "").encode())


def vouched(delivery: Delivery, account: Account, _now: datetime) -> bool:
    """Check `X-Hub-Signature-256` over the bytes as they came."""
    given = delivery.headers.get("x-hub-signature-256", "")
    return any([same(given, f"sha256={signed(secret, delivery.raw).hex()}") for secret in account.secrets])  # noqa: C419 - every secret is compared, whichever fits
