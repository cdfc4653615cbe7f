"""Pages of a list, in every store of documents: the first counts the rows, the later ones say what it counted."""

from shared.documents.port import Documents, Page, Query
from shared.web.paging import page_answer, read_page, write_cursor
from tests.unit.documents.sheets import SHEETS, Sheet, sheet


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
