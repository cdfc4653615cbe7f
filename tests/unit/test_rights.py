"""Who may know of a case: by scope, by kind, by handling it; and who never."""

import pytest

from shared.rights import Caller, Reach, Role, Scope, reaches

READERS = {"supervisor", "safeguarding", "admin"}
PLANT = "0190f2c4-7a3e-7c11-9c0e-000000000001"

MINE = Reach(opened_by="aung", assignee="thida", team="delta")
TAKEN_IN = Reach(opened_by="thida")
OF_MY_TEAM = Reach(opened_by="aung", assignee="aung", team="mekong")
HANDED_ON = Reach(opened_by="thida", assignee="aung")
SHARED = Reach(opened_by="aung", assignee="aung", shared_with=(PLANT,))
ELSEWHERE = Reach(opened_by="aung", assignee="aung", team="delta")


def thida(scope: Scope, role: Role = Role.OPERATOR) -> Caller:
    return Caller("thida", role, "mekong", scope=scope, organisation=PLANT if scope is Scope.ORGANISATION else None)


@pytest.mark.parametrize(
    ("scope", "known"),
    [
        (Scope.OWN, [MINE, TAKEN_IN]),
        (Scope.TEAM, [MINE, TAKEN_IN, OF_MY_TEAM]),
        (Scope.ORGANISATION, [MINE, SHARED]),
        (Scope.ALL, [MINE, TAKEN_IN, OF_MY_TEAM, HANDED_ON, SHARED, ELSEWHERE]),
    ],
)
def test_each_scope_reaches_its_cases_and_no_others(scope: Scope, known: list[Reach]) -> None:
    every = [MINE, TAKEN_IN, OF_MY_TEAM, HANDED_ON, SHARED, ELSEWHERE]
    assert [case for case in every if reaches(case, thida(scope), READERS)] == known


def test_restricted_kinds_are_read_by_few_and_by_who_handles_the_case() -> None:
    restricted = Reach(opened_by="thida", assignee="aung", restricted=True)
    may = {role for role in Role if reaches(restricted, thida(Scope.ALL, role), READERS)}
    assert may == {Role.SUPERVISOR, Role.SAFEGUARDING, Role.ADMIN}
    assert reaches(restricted, Caller("aung", Role.OPERATOR, scope=Scope.OWN), READERS)


@pytest.mark.parametrize("role", list(Role))
def test_a_conflict_of_interest_outweighs_everything(role: Role) -> None:
    case = Reach(opened_by="thida", assignee="thida", team="mekong", shared_with=(PLANT,), kept_out=("thida",))
    assert not any(reaches(case, thida(scope, role), READERS) for scope in Scope)
