"""Lists: a cursor that says after which row to go on, stable while rows are written, and how many rows there are."""

import base64
import binascii
from collections.abc import Sequence

import msgspec

from shared.documents.port import Scalar
from shared.errors import InvalidError

Cursor = tuple[Scalar, str]

MOST = 5_000
COUNTED = MOST + 1
"""Up to how many rows a list counts: to count a million for every page would cost more than the page."""


def page_answer(items: Sequence[object], after: Cursor | None, counted: int) -> dict[str, object]:
    """Return the answer of a list with where it goes on; `counted` is how many rows there are, up to `COUNTED`."""
    total, is_ = (counted, "exact") if counted <= MOST else (MOST, "at-least")
    return {"items": items, "next": write_cursor(after), "total": total, "total_is": is_}


def write_cursor(after: Cursor | None) -> str | None:
    """Return the `next` of a page, or None on the last."""
    if after is None:
        return None
    return base64.urlsafe_b64encode(msgspec.json.encode(after)).decode().rstrip("=")


def read_cursor(text: str | None) -> Cursor | None:
    """Read a `next` that an earlier page gave; anything else is an `InvalidError`."""
    if text is None:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded.encode("ascii")), type=tuple[Scalar, str])
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise InvalidError("'after' is not a cursor that this list gave; start without it.", field="after") from error
