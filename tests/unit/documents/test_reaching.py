"""Lists and single cases decide alike who may know: the demands put to rows and the rule for one case agree."""

from collections.abc import Iterator
from itertools import product

import pytest

from shared.documents.port import Query
from shared.documents.sqlite import SqliteDocuments
from shared.ids import derived_id
from shared.reaching import CASE_REACH, ReachRow, within_reach
from shared.rights import Caller, Role, Scope, reaches

READERS = {"supervisor", "safeguarding"}
PLANT = "0190f2c4-7a3e-7c11-9c0e-000000000001"

ROWS = [
    ReachRow(
        id=derived_id("case", str(number)),
        tenant=tenant,
        opened_by=opened_by,
        assignee=assignee,
        team=team,
        restricted=restricted,
        shared_with=shared_with,
        kept_out=kept_out,
    )
    for number, (tenant, opened_by, (assignee, team), restricted, shared_with, kept_out) in enumerate(
        product(
            ("acme", "other"),
            ("thida", "aung"),
            ((None, None), ("thida", "mekong"), ("aung", "mekong"), ("aung", None), ("aung", "delta")),
            (False, True),
            ((), (PLANT,)),
            ((), ("thida",), ("aung", "thida")),
        )
    )
]
CALLERS = [
    Caller("thida", role, team, "acme", scope, None, organisation)
    for role, team, scope, organisation in product(
        (Role.OPERATOR, Role.SUPERVISOR), (None, "mekong"), tuple(Scope), (None, PLANT)
    )
]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteDocuments]:
    opened = SqliteDocuments(tmp_path_factory.mktemp("views") / "views.sqlite")
    yield opened
    opened.close()


async def test_a_list_holds_just_the_cases_that_may_be_known_one_by_one(documents: SqliteDocuments) -> None:
    await documents.prepare(CASE_REACH)
    await documents.save(CASE_REACH, ROWS, 1)
    seen: set[int] = set()
    for caller in CALLERS:
        demands = within_reach(caller, READERS)
        listed = {row.id for row in (await documents.find(CASE_REACH, Query(demands, limit=500))).rows}
        known = {row.id for row in ROWS if row.tenant == "acme" and reaches(row, caller, READERS)}
        assert listed == known, caller
        assert await documents.count(CASE_REACH, demands) == len(known)
        seen.add(len(known))
    assert len(seen) > 5
