"""The code that a sender keeps: twelve signs, the last of them a check that tells a slip of the tongue at once.

The signs are Crockford's base 32, so O is read as 0, I and L as 1. The check is a sum over GF(32), in which each sign
weighs twice the one behind it: one wrong sign, or two neighbours in the wrong order, never pass.
"""

import hashlib
import hmac
from uuid import UUID

from shared.errors import InvalidError
from shared.ids import crockford

LENGTH = 12
EARLIER = 16
"""Signs of the receipts that were given out before there was a check."""

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_HEARD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_MODULUS = 0b100101
_HIGHEST = 0b100000


def receipt_of(secret: bytes, identity: UUID) -> str:
    """Return the receipt of a message: 55 bits that only the holder of the secret can derive from its id."""
    digest = hmac.digest(secret, b"receipt" + identity.bytes, hashlib.sha256)
    code = crockford(int.from_bytes(digest[:10], "big"), LENGTH - 1)
    code += _SIGNS[_weighed(code)]
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def receipt_signs(typed: str) -> str:
    """Return the signs of a receipt as somebody typed it, without gaps; a slip is an `InvalidError`."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_HEARD)
    good = len(signs) in {LENGTH, EARLIER} and all(sign in _SIGNS for sign in signs)
    if not good or (len(signs) == LENGTH and _weighed(signs[:-1]) != _SIGNS.index(signs[-1])):
        raise InvalidError("This is not how we write a receipt: a sign is wrong. Read it again.", field="receipt")
    return signs


def receipt_key(receipt: str) -> str:
    """Return under what a receipt is found: its hash, so that the record alone gives no receipt away.

    Nobody learns a receipt from the time that this takes: it is hashed before it is looked for.
    """
    return hashlib.sha256(receipt_signs(receipt).encode()).hexdigest()[:32]


def _weighed(signs: str) -> int:
    total = 0
    for sign in signs:
        total = (total ^ _SIGNS.index(sign)) << 1
        if total & _HIGHEST:
            total ^= _MODULUS
    return total
