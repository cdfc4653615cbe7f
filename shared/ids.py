"""The only place that makes identity: time-ordered ids for facts, derived ids for whatever has a natural key."""

import random
import secrets
import time
from uuid import UUID, uuid5

NAMESPACE = UUID("b7d2c0de-6f1e-5a51-9d2e-6c1f0a7d4e11")
"""Root of every derived id of this product; changing it would make every duplicate look new."""

_random = random.Random(secrets.randbits(256))  # noqa: S311 - ids are unique, not secret; a system call each is dear

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""The signs of Crockford's base 32."""


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562): sortable by the millisecond, 74 random bits."""
    return id_at(time.time_ns() // 1_000_000, _random.getrandbits(80))


def id_at(milliseconds: int, bits: int) -> UUID:
    """Return the UUIDv7 of a time since 1970 and of 80 bits, of which 74 count."""
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | bits
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def derived_id(kind: str, *parts: str) -> UUID:
    """Return the UUIDv5 of a natural key: the same parts give the same id for ever.

    Parts are joined with their lengths, so that ("ab", "c") and ("a", "bc") differ.
    """
    return uuid5(NAMESPACE, kind + "".join(f"\x1f{len(part)}\x1f{part}" for part in parts))


def crockford(value: int, length: int) -> str:
    """Write the lowest `5 * length` bits of a number in Crockford's base 32, which has no I, L, O or U."""
    return "".join([CROCKFORD[value >> shift & 31] for shift in range(5 * (length - 1), -1, -5)])
