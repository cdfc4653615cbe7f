"""Dead letters: seen without what they say, tried again in order, given up one by one with a reason that is kept."""

import msgspec
import pytest

from shared.bus.dead_letters import discard, fact_of, find, retry
from shared.bus.port import Reaction
from shared.bus.reacting import react
from shared.errors import InvalidError, NotFoundError, TryLaterError
from shared.events.cases import NoteAdded
from shared.events.envelope import Recorded, Unreadable
from shared.eventstore.letters import Discarding
from shared.eventstore.work import ReactingWork, UnitOfWork
from tests.support.stores import Record
from tests.unit.bus.test_reacting import BAD, COPY, GOOD, Two, copying, texts, two
from tests.unit.eventstore.test_store import NOW, context, note

__all__ = ["two"]

MENDED = Reaction(COPY.name, COPY.source, {NoteAdded: lambda unit, fact: copying(unit, cured(fact))})


def cured(fact: Recorded) -> Recorded:
    return msgspec.structs.replace(fact, event=NoteAdded(text="was poison")) if said(fact) == "poison" else fact


def said(fact: Recorded) -> str:
    assert isinstance(fact.event, NoteAdded)
    return fact.event.text


async def parked(two: Two, *words: str) -> Record:
    """Let the reaction stumble over these notes of one stream, and over one of another stream that is well."""
    for version, word in enumerate(words):
        await two.heard.write(context(), note(word, version=version, stream=BAD))
    await two.heard.write(context(), note("well", stream=GOOD))
    await react(COPY, two.heard, two.mine, lambda: NOW)
    assert await texts(two.mine) == ["well"]
    return two.mine


async def test_a_letter_says_where_and_why_and_keeps_the_fact_apart(two: Two) -> None:
    mine = await parked(two, "poison", "behind")
    first, second = await mine.dead_letters(COPY.name)
    assert (first.reaction, first.stream_id, first.stream_version, first.position) == (COPY.name, BAD, 1, 1)
    assert (first.topic, first.parked_at, first.feed) == ("cases.note-added", NOW, "")
    assert first.cause.startswith("InvalidError at copying")
    assert second.cause == "behind a parked fact of its stream"
    assert "poison" not in repr([first, second])
    assert await fact_of(mine, first) == (await two.heard.read(0, 1))[0]
    assert await mine.dead_letters("another") == []
    assert await mine.dead_letters() == [first, second]


async def test_what_can_be_answered_by_now_is_answered_in_order(two: Two) -> None:
    mine = await parked(two, "poison", "behind", "last")
    (first, *_rest) = await mine.dead_letters()
    assert await retry(MENDED, mine, first) == (3, 0, None)
    assert await texts(mine) == ["well", "was poison", "behind", "last"]
    assert await mine.parked() == 0
    assert await retry(MENDED, mine, BAD) == (0, 0, None)


async def test_a_retry_stops_at_the_first_that_fails_again(two: Two) -> None:
    mine = await parked(two, "poison", "poison", "behind")
    (first, *_rest) = await mine.dead_letters()
    result = await retry(COPY, mine, first)
    assert (result.answered, result.waiting) == (0, 3)
    assert result.cause is not None
    assert result.cause.startswith("InvalidError at copying")
    await discard(mine, first.id, who="ann", why="twice the same", clock=lambda: NOW)
    assert (await retry(COPY, mine, BAD))[:2] == (0, 2)
    assert await texts(mine) == ["well"]


async def test_trouble_that_may_pass_moves_no_letter(two: Two) -> None:
    mine = await parked(two, "poison", "behind")

    def later(_unit: UnitOfWork, _recorded: Recorded) -> None:
        raise TryLaterError("the disk is busy")

    with pytest.raises(TryLaterError, match="busy"):
        await retry(Reaction(COPY.name, COPY.source, {NoteAdded: later}), mine, BAD)
    assert await mine.parked() == 2


async def test_one_given_up_frees_those_behind_it_and_the_reason_is_kept(two: Two) -> None:
    mine = await parked(two, "poison", "behind")
    (first, _second) = await mine.dead_letters()
    with pytest.raises(InvalidError, match="why"):
        await discard(mine, first.id, who="ann", why="  ", clock=lambda: NOW)
    assert await mine.parked() == 2
    assert await discard(mine, first.id, who="ann", why="sent by mistake", clock=lambda: NOW) == first
    assert await retry(COPY, mine, BAD) == (1, 0, None)
    assert await texts(mine) == ["well", "behind"]
    (given_up,) = await mine.discarded()
    assert (given_up.letter, given_up.given_up) == (first, Discarding("ann", "sent by mistake", NOW))


async def test_a_letter_that_waits_no_longer_is_not_found(two: Two) -> None:
    mine = await parked(two, "poison")
    (letter,) = await mine.dead_letters()
    await retry(MENDED, mine, letter)
    with pytest.raises(NotFoundError):
        await find(mine, letter.id)
    with pytest.raises(NotFoundError):
        await mine.execute(lambda work: work.discard(letter, Discarding("ann", "too late", NOW)))
    with pytest.raises(NotFoundError):
        await fact_of(mine, letter)
    assert await mine.discarded() == []


async def test_new_facts_of_a_stream_are_answered_again_once_none_waits(two: Two) -> None:
    mine = await parked(two, "poison")
    await retry(MENDED, mine, BAD)
    await two.heard.write(context(), note("new", version=1, stream=BAD))
    await react(COPY, two.heard, mine, lambda: NOW)
    assert await texts(mine) == ["well", "was poison", "new"]


async def test_what_cannot_be_read_waits_as_the_bytes_it_came_as(two: Two) -> None:
    await two.heard.write(context(), note("from the future", stream=BAD))
    (fact,) = await two.heard.read(0, 1)
    (stored,) = await two.heard.read_stored(0, 1)
    head = msgspec.structs.replace(fact.envelope, type="cases.not-yet-known")
    strange: Recorded = Recorded(
        head, Unreadable(state=stored.state.replace(b"cases.note-added", b"cases.not-yet-known")), 9
    )

    def park(work: ReactingWork) -> None:
        work.park(COPY.name, strange, "unreadable for this version", NOW, "topic:1:0")

    await two.mine.execute(park)
    (letter,) = await two.mine.dead_letters()
    assert (letter.feed, letter.position, letter.topic) == ("topic:1:0", 9, "cases.not-yet-known")
    assert await fact_of(two.mine, letter) == strange
    assert await retry(COPY, two.mine, letter) == (0, 1, "unreadable for this version")


async def test_a_fact_parked_again_stays_one_letter(two: Two) -> None:
    mine = await parked(two, "poison", "behind")
    (first, second) = await mine.dead_letters()
    fact = await fact_of(mine, first)
    await mine.execute(lambda work: work.park(COPY.name, fact, "again", NOW, "topic:1:0"))
    assert [letter.id for letter in await mine.dead_letters()] == [first.id, second.id]
    assert (await find(mine, first.id)).cause == "again"
