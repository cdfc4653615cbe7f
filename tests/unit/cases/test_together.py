"""Grievances that belong together, decided: workers counted once, cases linked, merged, split; and what comes back."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cases.domain import patterns, together
from services.cases.domain.commands import AddNote, Assign
from services.cases.domain.opening import assign, note
from services.cases.domain.patterns import Sighting
from services.cases.domain.state import Case
from shared.errors import GateClosedError, InvalidError
from shared.events import cases as facts
from shared.events import together as told
from shared.events.envelope import Event
from shared.policy.pack import Patterns
from tests.support.given_when_then import START, STREAM, Fact
from tests.unit.cases.stories import ACKNOWLEDGED, BRAND, CLOSED, OPENED, PLANT, POLICY, case

AYE, MIN, WIN = (UUID(int=number) for number in (1, 2, 3))
OTHER = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000d1")
GROUP = msgspec.structs.replace(OPENED, workers=5)
JOINED = told.WorkerJoined(member_id=AYE)
MERGED = told.CaseMerged(survivor_id=OTHER, reason="The same workers.")


def affected(*story: Fact) -> int:
    state = case(*story).state
    return state.crew.workers(state.opening.workers)


def survivor(*story: Fact) -> Case:
    return msgspec.structs.replace(case(OPENED, *story).state, case_id=OTHER)


def test_a_worker_joins_once_and_leaves_once() -> None:
    joining, leaving = together.JoinWorker(reference="W-1"), together.LeaveWorker(member_id=AYE)
    case(OPENED).when(lambda state: together.join(state, joining, member_id=AYE)).then(JOINED)
    case(OPENED, JOINED).when(lambda state: together.join(state, joining, member_id=AYE)).then()
    case(OPENED, JOINED).when(lambda state: together.leave(state, leaving)).then(told.WorkerLeft(member_id=AYE))
    case(OPENED).when(lambda state: together.leave(state, leaving)).then()
    case(OPENED, CLOSED).when(lambda state: together.join(state, joining, member_id=AYE)).then_refused("case-open")


def test_workers_are_counted_once_however_they_are_told_of() -> None:
    joined = [told.WorkerJoined(member_id=one) for one in (AYE, MIN, WIN)]
    assert affected(OPENED) == 1
    assert affected(OPENED, *joined) == 3
    assert affected(GROUP, *joined) == 5
    assert affected(GROUP, *joined, told.GroupCounted(workers=40)) == 40
    assert affected(OPENED, *joined, told.WorkerLeft(member_id=WIN)) == 2
    again = told.CaseAbsorbed(other_id=OTHER, workers=3, members=(AYE, MIN, WIN))
    assert affected(OPENED, *joined[:2], again) == 3
    assert affected(OPENED, *joined, again, told.AbsorptionUndone(other_id=OTHER)) == 3


@settings(max_examples=50)
@given(st.sets(st.integers(1, 9)), st.sets(st.integers(1, 9)), st.integers(1, 20))
def test_two_tellings_of_one_matter_never_count_a_worker_twice(here: set[int], there: set[int], stated: int) -> None:
    joined = [told.WorkerJoined(member_id=UUID(int=one)) for one in sorted(here)]
    members = tuple(UUID(int=one) for one in sorted(there))
    absorbed = told.CaseAbsorbed(other_id=OTHER, workers=max(stated, len(there)), members=members)
    assert affected(OPENED, *joined, absorbed) == max(1, len(here | there), stated)


def test_a_count_is_not_smaller_than_those_who_joined() -> None:
    joined = [told.WorkerJoined(member_id=one) for one in (AYE, MIN)]

    case(OPENED, *joined).when(lambda state: together.count(state, together.CountGroup(workers=1))).then_fails(
        InvalidError, "workers"
    )
    counted = told.GroupCounted(workers=9)
    case(OPENED, *joined).when(lambda state: together.count(state, together.CountGroup(workers=9))).then(counted)
    case(OPENED, counted).when(lambda state: together.count(state, together.CountGroup(workers=9))).then()


def test_who_speaks_for_the_workers_is_one_of_them_or_a_known_organisation() -> None:
    def name(command: together.NameRepresentative, *story: Fact, known: bool = False) -> Sequence[Event]:
        return together.name_representative(case(OPENED, *story).state, command, organisation_known=known)

    of_them = together.NameRepresentative(name="Ko Min", member_id=AYE)
    union = together.NameRepresentative(name="Union of the port", organisation_id=BRAND)
    assert name(of_them, JOINED) == [told.RepresentativeNamed(name="Ko Min", member_id=AYE)]
    assert name(union, known=True) == [told.RepresentativeNamed(name="Union of the port", organisation_id=BRAND)]
    for command, field in ((of_them, "member_id"), (union, "organisation_id")):
        with pytest.raises(InvalidError) as caught:
            name(command)
        assert caught.value.fields["field"] == field


def test_cases_are_linked_once_and_unlinked() -> None:
    linked = told.CaseLinked(other_id=OTHER, kind="related")
    command = together.LinkCase(other_id=OTHER)
    case(OPENED).when(lambda state: together.link(state, command, other=survivor())).then(linked)
    case(OPENED, linked).when(lambda state: together.link(state, command, other=survivor())).then()
    case(OPENED).when(lambda state: together.link(state, command, other=None)).then_fails(InvalidError, "other_id")
    itself = together.LinkCase(other_id=STREAM)
    case(OPENED).when(lambda state: together.link(state, itself, other=state)).then_fails(InvalidError, "other_id")
    ending = together.UnlinkCase(other_id=OTHER)
    case(OPENED, linked).when(lambda state: together.unlink(state, ending)).then(told.CaseUnlinked(other_id=OTHER))
    case(OPENED).when(lambda state: together.unlink(state, ending)).then()


def test_a_merge_is_said_on_both_and_can_be_undone() -> None:
    command = together.MergeCase(survivor_id=OTHER, reason="The same workers.")
    here, there = together.merge(case(GROUP, JOINED).state, command, survivor=survivor())
    assert (list(here), list(there)) == ([MERGED], [told.CaseAbsorbed(other_id=STREAM, workers=5, members=(AYE,))])
    back, gone = together.unmerge(case(OPENED, MERGED).state, together.UnmergeCase(reason="Another month."))
    assert list(back) == [told.CaseUnmerged(survivor_id=OTHER, reason="Another month.")]
    assert list(gone) == [told.AbsorptionUndone(other_id=STREAM)]


def test_a_case_is_merged_into_one_that_goes_on() -> None:
    command = together.MergeCase(survivor_id=OTHER, reason="The same workers.")
    for closed in (survivor(CLOSED), survivor(MERGED)):
        with pytest.raises(GateClosedError) as caught:
            together.merge(case(OPENED).state, command, survivor=closed)
        assert caught.value.gate == "survivor-open"
    case(OPENED).when(lambda state: together.merge(state, command, survivor=None)[0]).then_fails(
        InvalidError, "survivor_id"
    )
    case(OPENED, MERGED).when(lambda state: together.merge(state, command, survivor=survivor())[0]).then_refused(
        "case-stands"
    )
    case(OPENED).when(lambda state: together.unmerge(state, together.UnmergeCase(reason="x"))[0]).then_refused("merged")


def test_the_work_goes_on_with_the_survivor_until_they_are_parted() -> None:
    parted = told.CaseUnmerged(survivor_id=OTHER, reason="Another month.")
    handing = Assign(assignee="handler")
    case(OPENED, MERGED).when(lambda state: assign(state, handing)).then_refused("case-stands")
    case(OPENED, MERGED).when(lambda state: note(state, AddNote(text="They called."))).then(
        facts.NoteAdded(text="They called.")
    )
    case(OPENED, MERGED, parted).when(lambda state: assign(state, handing)).then(facts.CaseAssigned(assignee="handler"))
    assert list(case(OPENED, MERGED).state.course.open_duties) == []
    assert len(case(OPENED, MERGED, parted).state.course.open_duties) == 1
    assert list(case(OPENED, MERGED, parted, ACKNOWLEDGED).state.course.open_duties) == []


def test_a_part_of_the_workers_goes_on_with_a_case_of_its_own() -> None:
    command = together.SplitCase(workers=2, members=(AYE,))
    story = (GROUP, JOINED, told.WorkerJoined(member_id=MIN))
    here, there = together.split(case(*story).state, command, other_id=OTHER, number="R-2", acknowledge_by=START)
    parted = told.CaseSplit(other_id=OTHER, workers=2, members=(AYE,))
    assert list(here) == [parted]
    opened, joined, origin = there
    assert isinstance(opened, facts.CaseOpened)
    assert (opened.workers, opened.complainant, opened.summary, opened.site) == (2, None, None, GROUP.site)
    assert (joined, origin) == (JOINED, told.CaseLinked(other_id=STREAM, kind="split-from"))
    assert affected(*story, parted) == 3
    assert case(*story, parted).state.crew.members == {MIN}


def test_a_split_takes_somebody_along_and_leaves_somebody_here() -> None:
    def split(workers: int, *members: UUID, field: str) -> None:
        command = together.SplitCase(workers=workers, members=members)
        case(GROUP, JOINED).when(
            lambda state: together.split(state, command, other_id=OTHER, number="R-2", acknowledge_by=None)[0]
        ).then_fails(InvalidError, field)

    split(5, field="workers")
    split(2, MIN, field="members")


def seen(workers: int = 2, site: str | None = None, **respondents: str) -> Sighting:
    names = {"plant": str(PLANT), "broker": str(BRAND)}
    return Sighting(workers, ("REC-FEE",), site, {names[one]: kind for one, kind in respondents.items()})


FEW = msgspec.structs.replace(POLICY, patterns=Patterns(cases=3, window=timedelta(days=90)))


def kinds(*sightings: Sighting) -> set[tuple[str, int, int]]:
    found = patterns.raised(sightings, since=START, policy=FEW)
    return {(one.kind, one.cases, one.workers) for one in found.values()}


def test_what_enough_cases_have_in_common_is_raised() -> None:
    assert kinds(*[seen(plant="employer")] * 2) == set()
    assert kinds(*[seen(plant="employer")] * 3) == {("organisation", 3, 6), ("issue", 3, 6)}
    assert kinds(*[seen(broker="broker")] * 3) == {("recruiter", 3, 6), ("issue", 3, 6)}
    assert kinds(seen(site="Plant 2"), seen(site=" plant  2"), seen(site="PLANT 2")) == {("site", 3, 6)}


def test_a_pattern_is_raised_once_in_a_window() -> None:
    window = FEW.patterns.window
    assert patterns.due_again([], now=START, policy=FEW)
    assert not patterns.due_again([START], now=START + window - timedelta(seconds=1), policy=FEW)
    assert patterns.due_again([START], now=START + window, policy=FEW)
