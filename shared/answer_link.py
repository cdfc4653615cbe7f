"""The link by which a respondent answers: its token is made of the link's id and a secret, so it is kept nowhere."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

PURPOSE = "answer-links"
"""What the secret of these links is asked for under (`Parts.secret`)."""

_ID = 16
_PROOF = 24


def answer_token(secret: bytes, link_id: UUID) -> str:
    """Return the token of a link: 54 letters, of which nobody without the secret can make one."""
    return base64.urlsafe_b64encode(link_id.bytes + _proof(secret, link_id.bytes)).decode().rstrip("=")


def answer_path(token: str) -> str:
    """Return where the page behind a token lies, below the address of the deployment."""
    return f"/cases/answer/{token}"


def link_of(secret: bytes, token: str) -> UUID | None:
    """Return the link that a token is for; None for any other text, told in the same time as a true one."""
    try:
        read = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        read = b""
    given = read.ljust(_ID + _PROOF, b"\0")
    genuine = hmac.compare_digest(_proof(secret, given[:_ID]), given[_ID:])
    return UUID(bytes=given[:_ID]) if genuine else None


def _proof(secret: bytes, link_id: bytes) -> bytes:
    return hmac.digest(secret, b"answer link " + link_id, hashlib.sha256)[:_PROOF]
