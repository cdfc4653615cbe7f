"""Code words: what a person and the office say before anything else. Kept as a salted hash, never as the word."""

import base64
import hashlib
import hmac
import secrets
import unicodedata

_SALT = 16
_COST = 2**12
_MARK = "s1$"


def hashed(word: str, salt: bytes | None = None) -> str:
    """Return what is kept of a word: scrypt over its folded form; the spelling of capitals and spaces is forgiven."""
    salt = salt or secrets.token_bytes(_SALT)
    digest = hashlib.scrypt(_folded(word).encode(), salt=salt, n=_COST, r=8, p=1, dklen=32)
    return _MARK + base64.urlsafe_b64encode(salt + digest).decode()


def is_word(word: str, kept: str) -> bool:
    """Whether a word is the one that was kept."""
    if not kept.startswith(_MARK):
        return False
    salt = base64.urlsafe_b64decode(kept.removeprefix(_MARK))[:_SALT]
    return hmac.compare_digest(hashed(word, salt), kept)


def _folded(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())
