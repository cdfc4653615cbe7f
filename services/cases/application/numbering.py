"""The number of a case, as people say it on the telephone."""

import hashlib
from uuid import UUID

from shared.ids import crockford

_BITS = 50


def case_number(case_id: UUID) -> str:
    """Derive `R-XXXXX-XXXXX` from the id: no sequence, so that a number does not tell how many cases there are."""
    digest = int.from_bytes(hashlib.sha256(case_id.bytes).digest())
    letters = crockford(digest >> 256 - _BITS, _BITS // 5)
    return f"R-{letters[:5]}-{letters[5:]}"
