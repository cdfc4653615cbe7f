"""Signed documents that something was done: readable by anyone, checked with nothing but the public key."""

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE, PUBLIC_KEY = "signature", "public_key"


class Signer:
    """Signs documents with the Ed25519 key of a deployment."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Take the private key."""
        self._key = key

    @property
    def public_key(self) -> str:
        """The public key, 32 bytes in Base64: what is handed to whoever shall check."""
        return b2a_base64(self._key.public_key().public_bytes_raw(), newline=False).decode()

    def signed(self, document: Mapping[str, object]) -> dict[str, object]:
        """Return the document with the public key and the signature over all of it."""
        whole = dict(document) | {PUBLIC_KEY: self.public_key}
        return whole | {SIGNATURE: b2a_base64(self._key.sign(_canonical(whole)), newline=False).decode()}


def signer_of(seed: bytes, public: Path) -> Signer:
    """Return the signer of 32 secret bytes, and write its public key to a file, to be handed out."""
    signer = Signer(Ed25519PrivateKey.from_private_bytes(seed))
    public.write_text(signer.public_key + "\n")
    return signer


def holds(document: Mapping[str, object], public_key: str) -> bool:
    """Whether a document is signed by this key and not a letter of it was changed."""
    whole = {name: value for name, value in document.items() if name != SIGNATURE}
    try:
        key = Ed25519PublicKey.from_public_bytes(a2b_base64(public_key))
        key.verify(a2b_base64(str(document.get(SIGNATURE, ""))), _canonical(whole))
    except (InvalidSignature, ValueError):
        return False
    return document.get(PUBLIC_KEY) == public_key.strip()


def _canonical(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
