"""Cursors: where a list goes on."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidError
from shared.web.paging import COUNTED, MOST, page_answer, read_cursor

PLACES = st.tuples(st.none() | st.text() | st.integers(0, 9**9), st.text())


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@given(place=PLACES, counted=st.integers(0, COUNTED))
def test_a_later_page_goes_on_behind_the_row(place: tuple[str | int | None, str], counted: int) -> None:
    on = page_answer([], place, counted)["next"]
    assert isinstance(on, str)
    assert read_cursor(on) == place


def test_a_cursor_may_say_nothing_of_what_was_counted() -> None:
    assert read_cursor(cursor("2026", "id")) == ("2026", "id")


UNKNOWN = ("", "?", cursor("only"), cursor("a", 1), cursor("a", "b", -1), cursor("a", "b", MOST + 2))


@pytest.mark.parametrize("after", UNKNOWN)
def test_what_no_list_gave_is_refused(after: str) -> None:
    with pytest.raises(InvalidError):
        read_cursor(after)
