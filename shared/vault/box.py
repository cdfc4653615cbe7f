"""A locked box for bytes that lie on a disk for a while: one key, no person behind it."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import CorruptRecordError

_NONCE = 12


class Box:
    """Shuts and opens bytes under a secret of 32 bytes (AES-256-GCM); `label` binds them to their place."""

    def __init__(self, secret: bytes) -> None:
        """Take the secret."""
        self._cipher = AESGCM(secret)

    def shut(self, content: bytes, label: str) -> bytes:
        """Return the content as nobody can read it."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, label.encode())

    def open(self, shut: bytes, label: str) -> bytes:
        """Return the content; altered or moved bytes are a `CorruptRecordError`."""
        try:
            return self._cipher.decrypt(shut[:_NONCE], shut[_NONCE:], label.encode())
        except (InvalidTag, ValueError):
            raise CorruptRecordError("What lies in this box was altered, or belongs under another name.") from None
