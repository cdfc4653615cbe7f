"""`redress dlt` on a data folder: listed, shown, retried, given up, by the real command."""

import asyncio
from pathlib import Path

import pytest

from services.__main__ import BUILDERS
from shared.embedded import open_embedded
from shared.events.cases import NoteAdded
from shared.events.envelope import Recorded
from shared.eventstore.work import ReactingWork
from tests.process.serving import redress
from tests.unit.eventstore.test_store import NOW, STREAM, context, note

pytestmark = pytest.mark.process


def two_letters(data: Path) -> None:
    house = open_embedded(data, BUILDERS)
    notify = house.host.services["notify"]
    reaction = notify.reactions[0].name

    def park(work: ReactingWork, fact: Recorded) -> None:
        work.park(reaction, fact, "KeyError at told:7", NOW)

    async def write_and_park() -> None:
        cases = house.host.services["cases"].store
        await cases.write(context(), note("a secret of somebody"))
        await cases.write(context(), note("more", version=1))
        for fact in await cases.stream(STREAM):
            await notify.store.execute(lambda work, fact=fact: park(work, fact))  # type: ignore[misc]  # bound default

    asyncio.run(write_and_park())
    house.close()


def test_letters_are_listed_shown_retried_and_given_up(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    two_letters(tmp_path / "data")
    assert NoteAdded.TOPIC in redress("dlt", "list", *data).stdout
    shown = redress("dlt", "show", "notify", "1", *data)
    assert "KeyError at told:7" in shown.stdout
    assert "secret" not in shown.stdout
    given_up = redress("dlt", "discard", "notify", "1", "--reason", "a slip", "--by", "ann", *data)
    assert given_up.returncode == 0
    assert "1 facts" in redress("dlt", "retry", "notify", "2", *data).stdout
    assert redress("dlt", "list", *data).stdout == ""
    assert "by ann: a slip" in redress("dlt", "list", "--discarded", *data).stdout
    refused = redress("dlt", "retry", "notify", "2", *data)
    assert refused.returncode == 1
    assert "redress dlt list" in refused.stderr
