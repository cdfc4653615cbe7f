"""What `redress dlt` says: enough to decide on, and nothing a person wrote unless it is asked for."""

import msgspec
import pytest

from shared.bus.port import Reaction
from shared.cli import dead_letters
from shared.documents.sqlite import SqliteDocuments
from shared.errors import NotFoundError
from shared.service import Service
from tests.unit.bus.test_dead_letters import MENDED, parked
from tests.unit.bus.test_reacting import BAD, COPY, Two, two
from tests.unit.eventstore.test_store import NOW

__all__ = ["two"]


def notify(two: Two, reaction: Reaction = COPY) -> Service:
    return Service("notify", two.mine, SqliteDocuments.__new__(SqliteDocuments), reactions=(reaction,))


async def test_a_line_names_the_letter_and_its_cause(two: Two) -> None:
    await parked(two, "poison", "behind")
    first, second = await dead_letters.listed([notify(two)])
    assert first.startswith("notify 1  2026-03-01 09:30:00Z  notify.copying  cases.note-added")
    assert f"{BAD} version 1  InvalidError at copying" in first
    assert second.endswith("behind a parked fact of its stream")


async def test_a_letter_shows_where_it_belongs_and_never_what_a_person_wrote(two: Two) -> None:
    await parked(two, "poison")
    shown = await dead_letters.shown(notify(two), 1)
    assert "poison" not in shown
    told = msgspec.json.decode(shown)
    assert told["letter"]["cause"].startswith("InvalidError")
    assert (told["envelope"]["stream_version"], told["envelope"]["actor"]["id"]) == (1, "ann")


async def test_a_retry_says_how_far_it_came(two: Two) -> None:
    await parked(two, "poison", "behind")
    told = await dead_letters.retried(notify(two), 1)
    assert told.startswith(f"0 facts of {BAD} answered; 2 still wait: InvalidError at copying")
    assert await dead_letters.retried(notify(two, MENDED), 2) == f"2 facts of {BAD} answered; none waits any more."


async def test_a_letter_of_a_reaction_that_is_gone_can_only_be_discarded(two: Two) -> None:
    await parked(two, "poison")
    other = notify(two, Reaction("notify.other", "cases", {}))
    with pytest.raises(NotFoundError, match=r"notify\.copying"):
        await dead_letters.retried(other, 1)
    await dead_letters.discarded(other, 1, who="ann", why="nobody needs it", clock=lambda: NOW)
    assert await dead_letters.listed([other]) == []
    (line,) = await dead_letters.listed_discarded([other])
    assert line.endswith("discarded 2026-03-01 by ann: nobody needs it")


def test_an_unknown_service_is_answered_with_those_there_are(two: Two) -> None:
    with pytest.raises(NotFoundError, match="there are notify"):
        dead_letters.service_of({"notify": notify(two)}, "reporting")
