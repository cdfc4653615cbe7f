"""CSV as it really comes: marks, line ends, quotes, broken rows; and always the line where a row begins."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.cli.importing.table import Rejected, Row, Table
from shared.errors import InvalidError


def read(text: bytes) -> list[tuple[int, list[str] | str]]:
    found = list(Table(io.BytesIO(text)))
    return [(row.line, list(row.cells.values()) if isinstance(row, Row) else row.reason) for row in found]


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter() -> None:
    table = Table(io.BytesIO(b"\xef\xbb\xbfa,b\r\n1,2\r\n"))
    assert table.header == ["a", "b"]
    assert list(table) == [Row(2, {"a": "1", "b": "2"})]


def test_lines_are_counted_through_quoted_newlines_and_empty_lines() -> None:
    assert read(b'a,b\n1,"x\ny\nz"\n\n2,w\n') == [(2, ["1", "x\ny\nz"]), (6, ["2", "w"])]


def test_a_row_of_the_wrong_width_is_rejected_alone() -> None:
    assert read(b"a,b\n1\n2,3\n4,5,6\n") == [
        (2, "1 columns instead of 2"), (3, ["2", "3"]), (4, "3 columns instead of 2"),
    ]  # fmt: skip


def test_a_quote_that_never_ends_costs_its_own_row_only() -> None:
    assert read(b'a,b\n1,"x\n2,y\n3,"z"\n4,w\n') == [
        (2, "broken quoting"), (3, ["2", "y"]), (4, ["3", "z"]), (5, ["4", "w"]),
    ]  # fmt: skip
    assert read(b'a,b\n1,x\n2,"y\n3,z') == [(2, ["1", "x"]), (3, "broken quoting"), (4, ["3", "z"])]


def test_text_behind_a_closing_quote_is_broken_quoting() -> None:
    assert read(b'a,b\n1,"x"y\n2,z\n') == [(2, "broken quoting"), (3, ["2", "z"])]


def test_bytes_that_are_not_utf8_are_rejected_with_their_column() -> None:
    assert list(Table(io.BytesIO(b"a,b\n1,\xe9t\xe9\n2,ok\n"))) == [
        Rejected(2, "b", "not UTF-8"), Row(3, {"a": "2", "b": "ok"}),
    ]  # fmt: skip


def test_an_endless_cell_is_rejected() -> None:
    assert read(b"a,b\n1," + b"x" * 200_000 + b"\n2,y\n") == [(2, "a cell is too long"), (3, ["2", "y"])]


@pytest.mark.parametrize(
    ("text", "why"),
    [(b"", "empty"), (b"a,a\n1,2\n", "twice: a"), (b"a,\xff\n", "not UTF-8"), (b'a,"b\n', "broken quoting")],
)
def test_a_file_without_a_usable_header_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        Table(io.BytesIO(text))


@given(st.binary(max_size=200))
def test_any_bytes_give_rows_and_rejects_and_never_an_end_before_the_end(rows: bytes) -> None:
    found = list(Table(io.BytesIO(b"a,b\n" + rows + b'\n"\n1,2\n')))
    assert found[-1] == Row(found[-1].line, {"a": "1", "b": "2"}) or isinstance(found[-1], Rejected)
    assert [row.line for row in found] == sorted(row.line for row in found)
