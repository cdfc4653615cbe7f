"""Lists and single cases decide alike who may know: the demands put to rows and the rule for one case agree."""

from itertools import product
from uuid import UUID

from shared.documents.port import Collection, Condition, Documents, Query, Row
from shared.ids import derived_id
from shared.reaching import CASE_REACH, ReachRow, of_reached_case, of_tenant, within_reach
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


async def test_a_list_holds_just_the_cases_that_may_be_known_one_by_one(unprepared: Documents) -> None:
    documents = unprepared
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


class Letter(Row, kw_only=True):
    """Something that belongs to a case, or to none."""

    case_id: UUID | None = None


LETTERS = Collection("letters", 1, Letter, columns=("case_id",))


async def test_what_belongs_to_a_case_is_listed_and_counted_page_by_page_with_its_case(unprepared: Documents) -> None:
    strange = derived_id("case", "known to nobody")
    cases: list[UUID | None] = [*(row.id for row in ROWS if row.tenant == "acme"), strange, None]
    letters = [
        Letter(id=derived_id("letter", str(number)), tenant="acme", case_id=case) for number, case in enumerate(cases)
    ]
    await unprepared.prepare(CASE_REACH)
    await unprepared.prepare(LETTERS)
    await unprepared.save(CASE_REACH, ROWS, 1)
    await unprepared.save(LETTERS, letters, 1)
    for caller in CALLERS[::5]:
        demands = (of_tenant(caller), of_reached_case(caller, READERS))
        open_to = {row.id for row in ROWS if row.tenant == "acme" and reaches(row, caller, READERS)} | {strange, None}
        listed: list[Letter] = []
        query = Query(demands, limit=7)
        while True:
            page = await unprepared.find(LETTERS, query)
            listed += page.rows
            if page.next is None:
                break
            query = Query(demands, after=page.next, limit=7)
        known = [letter.id for letter in letters if letter.case_id in open_to]
        assert [row.id for row in listed] == sorted(known)
        assert await unprepared.count(LETTERS, demands) == len(known)
        of_one = (*demands, Condition("case_id", "eq", strange))
        assert await unprepared.count(LETTERS, of_one) == 1
