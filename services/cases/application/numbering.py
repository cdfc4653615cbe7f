"""The number of a case, as people say it on the telephone."""

import hashlib
from uuid import UUID

from shared.ids import crockford

_BITS = 50


def case_number(case_id: UUID, attempt: int = 0) -> str:
    """Derive `R-XXXXX-XXXXX` from the id: no sequence, so that a number does not tell how many cases there are.

    A further `attempt` gives another number, for the rare case that the first is taken.
    """
    named = case_id.bytes + (attempt.to_bytes(2) if attempt else b"")
    letters = crockford(int.from_bytes(hashlib.sha256(named).digest()) >> 256 - _BITS, _BITS // 5)
    return f"R-{letters[:5]}-{letters[5:]}"
