"""Pages of a list, in every store of documents: the first counts the rows, the later ones say what it counted."""

import pytest

from shared.documents.port import Documents, Page, Query
from shared.errors import InvalidError
from shared.web.paging import COUNTED, page_answer, read_page, write_cursor
from tests.unit.documents.sheets import SHEETS, Sheet, sheet
from tests.unit.web.test_paging import UNKNOWN


async def paged(documents: Documents, after: str | None, limit: int = 2) -> tuple[Page[Sheet], int]:
    return await read_page(documents, SHEETS, Query(sort="opened_at", limit=limit), after)


async def test_the_first_page_counts_and_a_later_one_says_what_it_counted(documents: Documents) -> None:
    await documents.save(SHEETS, [sheet(number) for number in range(5)], 1)
    first, counted = await paged(documents, None)
    on = page_answer([], first.next, counted)["next"]
    await documents.save(SHEETS, [sheet(number) for number in range(5, 9)], 2)

    assert isinstance(on, str)
    rest, again = await paged(documents, on, 50)
    assert (counted, again) == (5, 5)
    assert (rest.total, {row.id for row in first.rows} & {row.id for row in rest.rows}) == (None, set())
    assert (await paged(documents, None))[1] == 9
    assert (await paged(documents, None, 50))[1] == 9


async def test_a_cursor_that_says_nothing_of_it_counts(documents: Documents) -> None:
    await documents.save(SHEETS, [sheet(number) for number in range(5)], 1)
    first, _ = await paged(documents, None)

    assert first.next is not None
    assert (await paged(documents, write_cursor(first.next)))[1] == 5


@pytest.mark.parametrize("counted", [0, 7, COUNTED])
async def test_what_the_first_page_counted_is_not_counted_again(documents: Documents, counted: int) -> None:
    page, again = await paged(documents, write_cursor(("2026", "id"), counted))

    assert (page.total, again) == (None, counted)


@pytest.mark.parametrize("after", UNKNOWN)
async def test_a_page_behind_what_no_list_gave_is_refused(documents: Documents, after: str) -> None:
    with pytest.raises(InvalidError):
        await paged(documents, after)
