"""Lists: a cursor that says after which row to go on, stable while rows are written, and how many rows there are."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import msgspec

from shared.documents.port import Collection, Documents, Page, Query, R, Scalar
from shared.errors import InvalidError

Cursor = tuple[Scalar, str]

MOST = 1_000
COUNTED = MOST + 1
"""Up to how many rows a list counts: to count a million for every page would cost more than the page."""


def page_answer(items: Sequence[object], after: Cursor | None, counted: int) -> dict[str, object]:
    """Return the answer of a list with where it goes on; `counted` is how many rows there are, up to `COUNTED`."""
    total, is_ = (counted, "exact") if counted <= MOST else (MOST, "at-least")
    return {"items": items, "next": write_cursor(after, counted), "total": total, "total_is": is_}


class _Place(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """What a cursor says: the row behind which to go on, and how many rows the first page counted."""

    value: Scalar
    row_id: str
    counted: Annotated[int, msgspec.Meta(ge=0, le=COUNTED)] | None = None


def write_cursor(after: Cursor | None, counted: int | None = None) -> str | None:
    """Return the `next` of a page, or None on the last."""
    if after is None:
        return None
    return base64.urlsafe_b64encode(msgspec.json.encode(_Place(*after, counted))).decode().rstrip("=")


def read_cursor(text: str | None) -> Cursor | None:
    """Read a `next` that an earlier page gave; anything else is an `InvalidError`."""
    place = _read(text)
    return None if place is None else (place.value, place.row_id)


async def read_page(
    documents: Documents, collection: Collection[R], query: Query, after: str | None
) -> tuple[Page[R], int]:
    """Return the page of a query behind the place of a cursor, and how many rows there are, up to `COUNTED`.

    The first page counts; the cursors of the later ones say what it counted.
    """
    place = _read(after)
    at = None if place is None else (place.value, place.row_id)
    known = None if place is None else place.counted
    page = await documents.find(collection, replace(query, after=at, most=COUNTED if known is None else None))
    return page, page.total or 0 if known is None else known


def _read(text: str | None) -> _Place | None:
    if text is None:
        return None
    try:
        padded = text + "=" * (-len(text) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded.encode("ascii")), type=_Place)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise InvalidError("'after' is not a cursor that this list gave; start without it.", field="after") from error
