"""Secrets of a deployment: one root, and from it one for each purpose, so that none gives another away."""

import base64
import binascii
import hashlib
import hmac
import secrets
from pathlib import Path

from shared.errors import SettingsError

BYTES = 32
ROOT = "secret.key"


def kept_root(data: Path) -> str:
    """Return the root secret of a data folder, in base 64, making it at the first start; only its owner may read it."""
    path = data / ROOT
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(base64.b64encode(secrets.token_bytes(BYTES)).decode() + "\n")
    return path.read_text().strip()


def derived_secret(root: str, purpose: str) -> bytes:
    """Return the 32 secret bytes of a purpose under the root secret, which is 32 random bytes in base 64."""
    try:
        key = base64.b64decode(root, validate=True)
    except binascii.Error:
        key = b""
    if len(key) < BYTES:
        raise SettingsError("REDRESS_SECRET is 32 random bytes in base 64, the same for every replica of a deployment.")
    return hmac.digest(key, b"redress " + purpose.encode(), hashlib.sha256)
