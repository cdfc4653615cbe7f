"""Reactions: each fact answered once, poison parked with what comes behind it, trouble of the store waited out."""

from dataclasses import dataclass

import pytest

from shared.bus.port import Reaction
from shared.bus.reacting import BATCH, react
from shared.errors import InvalidError, TryLaterError
from shared.events.cases import CaseReopened, NoteAdded
from shared.events.envelope import Recorded
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id
from tests.support.stores import Record, Records
from tests.unit.eventstore.test_store import NOW, context, note

GOOD, BAD = derived_id("test", "good"), derived_id("test", "bad")


@dataclass
class Two:
    """The service that is heard and the one that reacts."""

    heard: Record
    mine: Record


@pytest.fixture
def two(records: Records) -> Two:
    return Two(records.open("cases"), records.open("notify"))


def copying(unit: UnitOfWork, recorded: Recorded) -> None:
    """Repeat the note in the service's own stream; a note 'poison' can never be handled."""
    assert isinstance(recorded.event, NoteAdded)
    copy = derived_id("copy", str(recorded.envelope.event_id))
    unit.append(copy, 0, [recorded.event], context())
    if recorded.event.text == "poison":
        raise InvalidError("cannot be handled", field="text")


COPY = Reaction("notify.copying", "cases", {NoteAdded: copying})


async def texts(store: Record) -> list[str]:
    return [fact.event.text for fact in await store.read(0, 1000) if isinstance(fact.event, NoteAdded)]


async def test_each_fact_is_answered_once(two: Two) -> None:
    for number in range(120):
        await two.heard.write(context(), note(str(number), version=number, stream=GOOD))
    while await react(COPY, two.heard, two.mine, lambda: NOW):
        pass
    assert await texts(two.mine) == [str(number) for number in range(120)]
    assert await two.mine.reached("notify.copying") == 120


async def test_facts_that_nobody_routes_only_move_the_position(two: Two) -> None:
    await two.heard.write(context(), lambda work: work.append(GOOD, 0, [CaseReopened(reason="r")], context()))
    assert await react(COPY, two.heard, two.mine, lambda: NOW) == 1
    assert await two.mine.reached("notify.copying") == 1
    assert await two.mine.head() == 0


async def test_a_transaction_ends_behind_so_many_answers_and_what_is_passed_over_rides_along(two: Two) -> None:
    for number in range(BATCH + 5):
        await two.heard.write(context(), note(str(number), version=2 * number, stream=GOOD))
        version = 2 * number + 1
        await two.heard.write(
            context(),
            lambda work, version=version: work.append(GOOD, version, [CaseReopened(reason="r")], context()),  # type: ignore[misc]  # bound default
        )

    def not_yet(unit: UnitOfWork, recorded: Recorded) -> None:
        copying(unit, recorded)
        if recorded.position > 2 * BATCH:
            raise TryLaterError("later")

    with pytest.raises(TryLaterError):
        await react(Reaction("notify.copying", "cases", {NoteAdded: not_yet}), two.heard, two.mine, lambda: NOW)
    assert await two.mine.reached("notify.copying") == 2 * BATCH - 1
    assert len(await texts(two.mine)) == BATCH
    assert await react(COPY, two.heard, two.mine, lambda: NOW) == 11
    assert len(await texts(two.mine)) == BATCH + 5


async def test_poison_is_parked_with_all_later_ones_of_its_stream_and_the_rest_goes_on(two: Two) -> None:
    await two.heard.write(context(), note("before", stream=BAD))
    await two.heard.write(context(), note("poison", version=1, stream=BAD))
    await two.heard.write(context(), note("behind", version=2, stream=BAD))
    await two.heard.write(context(), note("other", stream=GOOD))
    await react(COPY, two.heard, two.mine, lambda: NOW)
    assert await texts(two.mine) == ["before", "other"]
    assert await two.mine.parked() == 2


async def test_trouble_that_may_pass_moves_nothing(two: Two) -> None:
    await two.heard.write(context(), note("x", stream=GOOD))

    def later(_unit: UnitOfWork, _recorded: Recorded) -> None:
        raise TryLaterError("the disk is busy")

    with pytest.raises(TryLaterError):
        await react(Reaction("notify.copying", "cases", {NoteAdded: later}), two.heard, two.mine, lambda: NOW)
    assert await two.mine.reached("notify.copying") == 0
    assert await react(COPY, two.heard, two.mine, lambda: NOW) == 1
    assert await texts(two.mine) == ["x"]


async def test_a_second_reader_of_the_same_position_changes_nothing(two: Two) -> None:
    await two.heard.write(context(), note("x", stream=GOOD))
    await react(COPY, two.heard, two.mine, lambda: NOW)
    assert await react(COPY, two.heard, two.mine, lambda: NOW) == 0
    assert await texts(two.mine) == ["x"]
