"""Signatures of Standard Webhooks 1.0: HMAC-SHA256 over id, time and body, one for each secret that is still valid."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

_PREFIX = "whsec_"


def signed_headers(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the three headers of a message; during a rotation the new secret comes first, the old one after it."""
    seconds = str(int(at.timestamp()))
    signatures = " ".join(f"v1,{_signature(secret, message_id, seconds, body)}" for secret in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": seconds, "webhook-signature": signatures}


def secret_text(key: bytes) -> str:
    """Return a secret as the receiver is told it."""
    return _PREFIX + base64.b64encode(key).decode()


def _signature(secret: str, message_id: str, seconds: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.digest(key, f"{message_id}.{seconds}.".encode() + body, hashlib.sha256)).decode()
