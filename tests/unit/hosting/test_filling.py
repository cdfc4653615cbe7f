"""Views filled from a whole log at once are those that the loops would have made, whatever breaks off in between."""

import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.__main__ import BUILDERS
from services.cases.application import simulate
from services.cases.domain.commands import OpenCase
from shared.bus import filling
from shared.cli.progress import Silent
from shared.cli.rebuilding import catch_up
from shared.embedded import Embedded, open_embedded
from shared.errors import TryLaterError
from tests.unit.eventstore.test_store import context

CASES = 12
UNTIL = datetime(2026, 6, 1, tzinfo=UTC)


class BreaksOff(Silent):
    """Progress of a process that ends after so many batches."""

    def __init__(self, batches: int) -> None:
        self._left = batches

    def advance(self, steps: int = 1) -> None:
        self._left -= bool(steps)
        if self._left < 0:
            raise TryLaterError("The process ended here.")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few facts be many: short batches, few rows in hand, and no log too short."""
    monkeypatch.setattr(filling, "LEAST", 1)
    monkeypatch.setattr(filling, "REBUILD_BATCH", 7)
    monkeypatch.setattr(filling, "ROWS_IN_HAND", 5)


@pytest.fixture
async def simulated(tmp_path: Path) -> Path:
    """A folder with a record and no views."""
    house = open_embedded(tmp_path / "record", BUILDERS)
    await simulate(house.stores["cases"], seed=7, cases=CASES, until=UNTIL, advance=lambda _done: None)
    house.close()
    return tmp_path / "record"


def opened(simulated: Path, name: str) -> Embedded:
    folder = simulated.with_name(name)
    if not folder.exists():
        shutil.copytree(simulated, folder)
    return open_embedded(folder, BUILDERS)


async def drained(simulated: Path, name: str) -> Embedded:
    """Return the system as its loops make it, without any filling."""
    house = opened(simulated, name)
    await house.host.prepare()
    await house.host.drain()
    return house


async def prints(house: Embedded) -> Mapping[str, tuple[str, Mapping[str, int]]]:
    """Return the hash of the rows of every view of the cases, and how far it has read."""
    found = {}
    for service in house.host.services.values():
        for projection in (one for one in service.projections if one.source == "cases"):
            view = projection.collection
            at = await service.documents.positions(view)
            found[f"{service.name}.{view.name}"] = (await service.documents.fingerprint(view), at)
    return found


def indexes(house: Embedded) -> Sequence[tuple[str, str]]:
    found = []
    for name in house.host.services:
        with closing(sqlite3.connect(house.data / name / "views.sqlite")) as views:
            rows = views.execute("select name from sqlite_master where type = 'index' order by name").fetchall()
        found += [(name, index) for (index,) in rows]
    return found


async def test_filled_views_have_the_rows_places_and_indexes_of_folded_ones(simulated: Path) -> None:
    by_loops, filled = await drained(simulated, "loops"), opened(simulated, "filled")
    await catch_up(filled.host, Silent())
    assert await prints(filled) == await prints(by_loops)
    assert indexes(filled) == indexes(by_loops)
    assert any(position > 0 for _, at in (await prints(filled)).values() for position in at.values())
    by_loops.close()
    filled.close()


@pytest.mark.parametrize("batches", [0, 1, 4])
async def test_a_filling_that_broke_off_is_gone_on_with(simulated: Path, batches: int) -> None:
    by_loops, broken = await drained(simulated, "loops"), opened(simulated, "broken")
    with pytest.raises(TryLaterError):
        await catch_up(broken.host, BreaksOff(batches))
    broken.close()
    again = opened(simulated, "broken")
    await catch_up(again.host, Silent())
    assert await prints(again) == await prints(by_loops)
    assert indexes(again) == indexes(by_loops)
    by_loops.close()
    again.close()


async def test_what_comes_afterwards_is_folded_as_ever(simulated: Path) -> None:
    filled = opened(simulated, "filled")
    await catch_up(filled.host, Silent())
    await filled.services["cases"].application.open(
        context=context(), command=OpenCase(channel="hotline", language="my")
    )
    await catch_up(filled.host, Silent())
    head = await filled.stores["cases"].head()
    assert all(at == {"": head} for _, at in (await prints(filled)).values())
    filled.close()
