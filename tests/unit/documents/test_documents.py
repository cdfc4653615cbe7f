"""The document store: rows found by typed questions, pages without gap or overlap, views folded and rebuilt."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.bus.mending import mend
from shared.bus.projecting import project, rebuild
from shared.documents.folding import Projection, fold_batch
from shared.documents.port import Condition, Documents, Query
from shared.errors import InvalidError, PoisonError
from shared.events.cases import CASE, NoteAdded
from shared.events.envelope import Recorded
from shared.eventstore.sqlite import SqliteEventStore
from shared.ids import derived_id
from tests.unit.documents.sheets import SHEETS, START, VIEW, Sheet, fold, ids, sheet
from tests.unit.eventstore.test_store import context, note


async def test_rows_are_found_by_what_they_hold(documents: Documents) -> None:
    rows = [
        sheet(1, name="Golden Sea", size=3, tags=("DOC-RET", "WAG-NON")),
        sheet(2, name="golden DREAM", size=9, opened_at=START + timedelta(days=3)),
        sheet(3, name="ပုလဲ", size=5, tags=("DOC-RET",), opened_at=START + timedelta(days=5)),
    ]
    await documents.save(SHEETS, rows, 7)
    one, two, three = (row.id for row in rows)
    assert await ids(documents, Condition("name", "text", "GOLDEN")) == {one, two}
    assert await ids(documents, Condition("name", "text", "ပု")) == {three}
    assert await ids(documents, Condition("tags", "has", "DOC-RET")) == {one, three}
    assert await ids(documents, Condition("size", "in", [3, 9])) == {one, two}
    assert await ids(documents, Condition("size", "gte", 5), Condition("size", "lt", 9)) == {three}
    late = START + timedelta(days=3)
    assert await ids(documents, Condition("opened_at", "gte", late.astimezone(UTC))) == {two, three}
    assert await documents.count(SHEETS, [Condition("tags", "has", "WAG-NON")]) == 1
    assert await documents.count(SHEETS, [Condition("tags", "has", "DOC-RET")], most=1) == 1
    assert await documents.count(SHEETS, [Condition("tags", "lacks", "WAG-NON")], most=5) == 2
    for limit, most, total in ((1, None, None), (1, 1, 1), (1, 5, 2), (9, 5, 2), (9, 1, 1)):
        page = await documents.find(SHEETS, Query((Condition("tags", "has", "DOC-RET"),), limit=limit, most=most))
        assert page.total == total
    assert await documents.position(SHEETS) == 7


async def test_what_a_row_no_longer_holds_no_longer_finds_it(documents: Documents) -> None:
    await documents.save(SHEETS, [sheet(1, tags=("a", "b"))], 1)
    first = await documents.changes(SHEETS, None)
    await documents.save(SHEETS, [sheet(1, tags=("b",))], 2)
    assert await ids(documents, Condition("tags", "has", "a")) == set()
    second = await documents.changes(SHEETS, first.mark)
    assert (first.anew, second.anew, len(second.rows)) == (True, False, 1)
    assert (await documents.changes(SHEETS, second.mark)).rows == []


@pytest.mark.parametrize("op", ["eq", "has", "text", "in"])
async def test_an_undeclared_field_is_refused(documents: Documents, op: str) -> None:
    with pytest.raises(InvalidError):
        await documents.find(SHEETS, Query((Condition("1=1; --", op, "x"),)))  # type: ignore[arg-type]  # any op
    with pytest.raises(InvalidError):
        await documents.find(SHEETS, Query(sort="body"))


@given(days=st.lists(st.none() | st.integers(0, 3), max_size=12), limit=st.integers(1, 5), descending=st.booleans())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_pages_show_every_row_once_in_order_and_null_is_the_least(
    documents: Documents, days: list[int | None], limit: int, *, descending: bool
) -> None:
    await documents.drop(SHEETS)
    await documents.prepare(SHEETS)
    rows = [sheet(number, opened_at=None if day is None else START + timedelta(day)) for number, day in enumerate(days)]
    await documents.save(SHEETS, rows, 1)
    seen: list[Sheet] = []
    after = None
    while True:
        page = await documents.find(SHEETS, Query(sort="opened_at", descending=descending, after=after, limit=limit))
        seen.extend(page.rows)
        after = page.next
        if after is None:
            break
    expected = sorted(rows, key=lambda row: (str(row.opened_at or ""), str(row.id)), reverse=descending)
    assert [row.id for row in seen] == [row.id for row in expected]


@pytest.mark.parametrize("needle", [".*", "$a", "a$", "(", "\\", "\x00b", "STRASSE", "İ", "", "$name"])
async def test_text_is_searched_for_as_it_is_written(documents: Documents, needle: str) -> None:
    names = ["abc", "a.*c", "costs $a$", "(", "back\\slash", "a\x00b", "Straße", "İstanbul", "", "the $name"]
    rows = [sheet(number, name=name) for number, name in enumerate(names)]
    await documents.save(SHEETS, rows, 1)
    expected = {row.id for row in rows if needle.casefold() in row.name.casefold()}
    assert await ids(documents, Condition("name", "text", needle)) == expected
    assert await documents.count(SHEETS, [Condition("name", "text", needle)]) == len(expected)


async def test_null_is_found_by_null_only(documents: Documents) -> None:
    rows = [sheet(1, opened_at=None), sheet(2), sheet(3, opened_at=START + timedelta(1))]
    await documents.save(SHEETS, rows, 1)
    one, two, three = (row.id for row in rows)
    assert await ids(documents, Condition("opened_at", "eq", None)) == {one}
    assert await ids(documents, Condition("opened_at", "in", [None, START])) == {two}
    assert await ids(documents, Condition("opened_at", "in", [])) == set()
    assert await ids(documents, Condition("opened_at", "gte", START)) == {two, three}
    assert await ids(documents, Condition("opened_at", "lt", START)) == set()
    assert await ids(documents, Condition("id", "gte", UUID(int=0))) == {one, two, three}
    assert await documents.count(SHEETS) == await documents.count(SHEETS, [Condition("id", "gte", "")]) == 3


@pytest.mark.parametrize("value", [{"$gt": ""}, {"$ne": 1}, 2**63, b"bytes"])
async def test_a_value_that_cannot_be_compared_is_refused(documents: Documents, value: object) -> None:
    for op in ("eq", "gte"):
        with pytest.raises(InvalidError):
            await documents.find(SHEETS, Query((Condition("name", op, value),)))
    with pytest.raises(InvalidError):
        await documents.find(SHEETS, Query((Condition("name", "in", [value]),)))
    with pytest.raises(InvalidError):
        await documents.find(SHEETS, Query(sort="name", after=(value, "")))  # type: ignore[arg-type]  # what a cursor may hold


async def test_a_repeated_batch_changes_nothing(documents: Documents, store: SqliteEventStore) -> None:
    for version in range(4):
        await store.write(context(), note(str(version), version=version))
    facts = await store.read(0, 100)
    await fold_batch(VIEW, documents, facts[:3], 3)
    before = await documents.fingerprint(SHEETS)
    await fold_batch(VIEW, documents, facts[1:3], 3)
    assert await documents.fingerprint(SHEETS) == before
    await fold_batch(VIEW, documents, facts, 4)
    (row,) = (await documents.find(SHEETS, Query())).rows
    assert (row.name, row.version) == ("0123", 4)


async def test_a_gap_stops_the_view_and_stores_nothing(documents: Documents, store: SqliteEventStore) -> None:
    for version in range(3):
        await store.write(context(), note(str(version), version=version))
    facts = await store.read(0, 100)
    with pytest.raises(PoisonError, match="jumps from version 1 to 3"):
        await fold_batch(VIEW, documents, [facts[0], facts[2]], 3)
    assert await documents.position(SHEETS) == 0


async def test_a_rebuild_equals_what_was_served_and_says_when_it_does_not(
    documents: Documents, store: SqliteEventStore
) -> None:
    for version in range(25):
        await store.write(context(), note(str(version), version=version))
    while await project([VIEW], store, documents):
        pass
    told: list[int] = []
    result = await rebuild(VIEW, store, documents, told.append)
    assert (result.facts, result.equal, sum(told)) == (25, True, 25)
    (row,) = (await documents.find(SHEETS, Query())).rows
    await documents.save(SHEETS, [Sheet(id=row.id, version=25, name="faked")], 25)
    assert not (await rebuild(VIEW, store, documents, told.append)).equal
    assert (await documents.find(SHEETS, Query())).rows[0].name == row.name
    await store.write(context(), note("next", version=25))
    await project([VIEW], store, documents)
    assert await ids(documents, Condition("tags", "has", "next")) == {row.id}


async def test_a_view_is_compared_and_mended_without_being_swapped(
    documents: Documents, store: SqliteEventStore
) -> None:
    for version in range(5):
        await store.write(context(), note(str(version), version=version))
    while await project([VIEW], store, documents):
        pass
    (row,) = (await documents.find(SHEETS, Query())).rows
    assert (await rebuild(VIEW, store, documents, lambda _: None, swap=False)).equal
    await documents.save(SHEETS, [Sheet(id=row.id, version=5, name="faked")], 5)

    assert not (await rebuild(VIEW, store, documents, lambda _: None, swap=False)).equal
    assert (await documents.find(SHEETS, Query())).rows[0].name == "faked"
    nothing = await mend(VIEW, store, documents, datetime(2200, 1, 1, tzinfo=UTC), lambda _: None)
    assert (nothing.streams, nothing.mended) == (0, 0)
    put_right = await mend(VIEW, store, documents, datetime(2000, 1, 1, tzinfo=UTC), lambda _: None)

    assert (put_right.streams, put_right.mended) == (1, 1)
    assert (await documents.find(SHEETS, Query())).rows[0].name == row.name
    assert (await rebuild(VIEW, store, documents, lambda _: None, swap=False)).equal


async def test_a_stream_that_cannot_be_folded_is_parked_and_the_rest_goes_on(
    documents: Documents, store: SqliteEventStore
) -> None:
    def picky(row: Sheet | None, recorded: Recorded) -> Sheet:
        if recorded.event == NoteAdded(text="poison"):
            raise OverflowError
        return fold(row, recorded)

    bad, good = derived_id("test", "bad"), derived_id("test", "good")
    for version, text in enumerate(("a", "poison", "b")):
        await store.write(context(), note(text, version=version, stream=bad))
        await store.write(context(), note(text.upper(), version=version, stream=good))
    view = Projection(SHEETS, "cases", CASE, picky)
    while await project([view], store, documents):
        pass
    assert await documents.parked(SHEETS) == {bad}
    assert {row.id: row.version for row in (await documents.find(SHEETS, Query())).rows} == {good: 3}
    await store.write(context(), note("c", version=3, stream=bad))
    assert await project([view], store, documents) == 1
    await rebuild(VIEW, store, documents, lambda _done: None)
    assert await documents.parked(SHEETS) == frozenset()
    assert {row.id: row.version for row in (await documents.find(SHEETS, Query())).rows} == {good: 3, bad: 4}
