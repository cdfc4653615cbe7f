"""The code that a sender keeps: twelve signs, the last of them a check that tells a slip of the tongue at once.

The signs are Crockford's base 32, so O is read as 0, I and L as 1. The check is a sum over GF(32), in which each sign
weighs twice the one behind it: one wrong sign, or two neighbours in the wrong order, never pass.
"""

import hashlib
import hmac
from uuid import UUID

from shared.errors import InvalidError
from shared.ids import CROCKFORD, crockford

LENGTH = 12
EARLIER = 16
"""Signs of the receipts that were given out before there was a check."""

_SIGNS = CROCKFORD
_VALUES = {sign: value for value, sign in enumerate(_SIGNS)}
_HEARD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_MODULUS = 0b100101
_HIGHEST = 0b100000
_WEIGHED = [value << 1 ^ (_MODULUS if value << 1 & _HIGHEST else 0) for value in range(_HIGHEST)]
"""What five bits come to when they move up by one: the rest of a division of polynomials, sign after sign."""


def receipt_of(secret: bytes, identity: UUID) -> str:
    """Return the receipt of a message: 55 bits that only the holder of the secret can derive from its id."""
    signs = _signs_of(secret, identity)
    return "-".join(signs[start : start + 4] for start in range(0, LENGTH, 4))


def receipt_signs(typed: str) -> str:
    """Return the signs of a receipt as somebody typed it, without gaps; a slip is an `InvalidError`."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_HEARD)
    good = len(signs) in {LENGTH, EARLIER} and all(sign in _VALUES for sign in signs)
    if not good or (len(signs) == LENGTH and _weighed(signs[:-1]) != _VALUES[signs[-1]]):
        raise InvalidError("This is not how we write a receipt: a sign is wrong. Read it again.", field="receipt")
    return signs


def receipt_key(receipt: str) -> str:
    """Return under what a receipt is found: its hash, so that the record alone gives no receipt away.

    Nobody learns a receipt from the time that this takes: it is hashed before it is looked for.
    """
    return _hashed(receipt_signs(receipt))


def key_of_message(secret: bytes, identity: UUID) -> str:
    """Return the key of a message's receipt, as `receipt_key` finds it."""
    return _hashed(_signs_of(secret, identity))


def _hashed(signs: str) -> str:
    return hashlib.sha256(signs.encode()).hexdigest()[:32]


def _signs_of(secret: bytes, identity: UUID) -> str:
    digest = hmac.digest(secret, b"receipt" + identity.bytes, hashlib.sha256)
    code = crockford(int.from_bytes(digest[:10], "big"), LENGTH - 1)
    return code + _SIGNS[_weighed(code)]


def _weighed(signs: str) -> int:
    total = 0
    for sign in signs:
        total = _WEIGHED[total ^ _VALUES[sign]]
    return total
