"""What holds for the embedded store only: a file of an earlier layout, and where the search for rows begins."""

import sqlite3
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.documents.port import AnyOf, Condition, Demand, Query
from shared.documents.sqlite import SqliteDocuments
from tests.unit.documents.sheets import SHEETS, START, Sheet, sheet

TENANTS, TAGS = ("default", "other"), ("x", "y", "z")
NAMES = ("a", "Golden Prawn", "golden rice", "rice", "เหมืองทอง")
PARTS = ("gold", "EN PR", "rice", "ri", "a", "งทอง", "nobody")
SHEET = st.builds(
    lambda tenant, name, day, tags: {
        "tenant": tenant,
        "name": name,
        "opened_at": START + timedelta(days=day),
        "tags": tags,
    },
    st.sampled_from(TENANTS),
    st.sampled_from(NAMES),
    st.integers(0, 4),
    st.sets(st.sampled_from(TAGS)).map(tuple),
)
DEMAND = st.one_of(
    st.builds(Condition, st.just("tenant"), st.just("eq"), st.sampled_from(TENANTS)),
    st.builds(Condition, st.just("name"), st.just("eq"), st.sampled_from(NAMES)),
    st.builds(Condition, st.just("name"), st.just("text"), st.sampled_from(PARTS)),
    st.builds(Condition, st.just("tags"), st.sampled_from(("has", "lacks")), st.sampled_from(TAGS)),
    st.builds(Condition, st.just("name"), st.just("in"), st.lists(st.sampled_from(NAMES), min_size=1)),
)
DEMANDS = st.lists(
    st.one_of(DEMAND, st.lists(DEMAND.map(lambda one: (one,)), min_size=1, max_size=2).map(lambda s: AnyOf(tuple(s)))),
    max_size=4,
)


def meets(row: Sheet, demand: Demand) -> bool:
    if isinstance(demand, AnyOf):
        return any(all(meets(row, one) for one in some) for some in demand.sets)
    held = getattr(row, demand.field)
    answers = {"has": lambda: demand.value in held, "lacks": lambda: demand.value not in held}
    answers |= {"text": lambda: str(demand.value).casefold() in held.casefold()}
    answers |= {"eq": lambda: held == demand.value, "in": lambda: held in demand.value}  # type: ignore[operator]  # a list
    return answers[demand.op]()


@given(
    values=st.lists(SHEET, max_size=12),
    before=st.sampled_from(NAMES),
    demands=DEMANDS,
    few=st.sampled_from((0, 2, 1000)),
    limit=st.integers(1, 5),
    most=st.none() | st.integers(1, 4),
)
@settings(max_examples=60)
async def test_wherever_the_search_begins_it_finds_the_same(
    *, values: Sequence[dict[str, Any]], before: str, demands: list[Demand], few: int, limit: int, most: int | None
) -> None:
    rows = [sheet(number, version=2, **one) for number, one in enumerate(values)]
    earlier = [sheet(number, **{**one, "name": before}) for number, one in enumerate(values) if number % 2]
    wanted = [row for row in rows if all(meets(row, demand) for demand in demands)]
    wanted.sort(key=lambda row: (row.opened_at or START, str(row.id)), reverse=True)
    with tempfile.TemporaryDirectory() as folder:
        documents = SqliteDocuments(Path(folder) / "views.sqlite", few=few)
        await documents.prepare(SHEETS)
        await documents.save(SHEETS, earlier, 1)
        await documents.save(SHEETS, rows, 2)
        found: list[Sheet] = []
        after = None
        while len(found) <= len(rows):
            query = Query(tuple(demands), "opened_at", descending=True, after=after, limit=limit, most=most)
            page = await documents.find(SHEETS, query)
            assert page.total == (None if most is None else min(most, len(wanted)))
            found += page.rows
            if (after := page.next) is None:
                break
        assert [row.id for row in found] == [row.id for row in wanted]
        counted = await documents.count(SHEETS, demands, most=most)
        assert counted == (len(wanted) if most is None else min(most, len(wanted)))
        documents.close()
        views = sqlite3.connect(Path(folder) / "views.sqlite")
        views.execute("INSERT INTO sheets__v1__text (sheets__v1__text, rank) VALUES ('integrity-check', 1)")
        views.close()


async def test_a_file_of_an_earlier_layout_is_emptied_and_folded_anew(tmp_path: Path) -> None:
    path = tmp_path / "views.sqlite"
    earlier = sqlite3.connect(path)
    earlier.execute("CREATE TABLE positions (name TEXT PRIMARY KEY, position INTEGER)")
    earlier.execute("CREATE TABLE sheets__v1 (id TEXT PRIMARY KEY, version INTEGER, seq INTEGER, body BLOB)")
    earlier.execute("INSERT INTO positions VALUES ('sheets__v1', 9)")
    earlier.commit()
    earlier.close()

    for position in (0, 3):
        documents = SqliteDocuments(path)
        await documents.prepare(SHEETS)
        assert await documents.position(SHEETS) == position
        assert await documents.count(SHEETS) == position // 3
        await documents.save(SHEETS, [sheet(1)], 3)
        documents.close()


@given(batches=st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=5), max_size=6), most=st.integers(1, 6))
@settings(max_examples=40)
async def test_changes_that_come_in_pieces_are_those_that_come_at_once(batches: list[list[int]], most: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        documents = SqliteDocuments(Path(folder) / "views.sqlite")
        await documents.prepare(SHEETS)
        mark, seen, pieces = None, set[bytes](), 0
        for position, numbers in enumerate(batches, 1):
            rows = [sheet(number, version=position, size=position) for number in {*numbers}]
            await documents.save(SHEETS, rows, position, after=position - 1)
        while True:
            piece = await documents.changes(SHEETS, mark, most=most)
            assert piece.anew == (mark is None)
            seen, mark, pieces = seen | {*piece.rows}, piece.mark, pieces + 1
            if not piece.more:
                break
        whole = await documents.changes(SHEETS, None)
        assert seen == {*whole.rows}
        assert mark == whole.mark
        assert pieces <= len(batches) + 1
        documents.close()
