"""Cursors: where a list goes on, and what its first page counted."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidError
from shared.web.paging import COUNTED, MOST, counted_once, page_answer, read_cursor, write_cursor

PLACES = st.tuples(st.none() | st.text() | st.integers(0, 9**9), st.text())


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


async def never() -> int:
    raise AssertionError("counted again")


async def now() -> int:
    return 7


@given(place=PLACES, counted=st.integers(0, COUNTED))
async def test_a_later_page_goes_on_behind_the_row_and_says_what_the_first_counted(
    place: tuple[str | int | None, str], counted: int
) -> None:
    on = page_answer([], place, counted)["next"]
    assert isinstance(on, str)
    assert read_cursor(on) == place
    assert await counted_once(on, never) == counted


async def test_the_first_page_counts_and_so_does_a_cursor_that_says_nothing_of_it() -> None:
    assert await counted_once(None, now) == 7
    assert await counted_once(write_cursor(("2026", "id")), now) == 7
    assert read_cursor(cursor("2026", "id")) == ("2026", "id")


@pytest.mark.parametrize(
    "after", ["", "?", cursor("only"), cursor("a", 1), cursor("a", "b", -1), cursor("a", "b", MOST + 2)]
)
async def test_what_no_list_gave_is_refused(after: str) -> None:
    with pytest.raises(InvalidError):
        read_cursor(after)
    with pytest.raises(InvalidError):
        await counted_once(after, now)
