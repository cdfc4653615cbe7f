"""Reading what one has written: a query waits for its view, and is told how far it is when that takes too long."""

from pathlib import Path

import pytest

from services.__main__ import BUILDERS
from shared.embedded import open_embedded
from shared.errors import BehindError, InvalidError
from shared.events.intake import MessageReceived
from tests.unit.eventstore.test_store import context

MESSAGE = MessageReceived(channel="app", account="a", external_id="1", text="help", sender="s")


async def test_a_view_is_waited_for_until_it_has_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.hosting.WAIT_LIMIT", 0.02)
    house = open_embedded(tmp_path, BUILDERS)
    await house.host.prepare()
    taken = await house.host.services["intake"].application.receive(message=MESSAGE, context=context())
    with pytest.raises(BehindError) as behind:
        await house.host.wait_for("intake", "intake", taken.position)
    assert (behind.value.fields["reached"], behind.value.fields["wanted"]) == (0, 1)
    await house.host.drain()
    await house.host.wait_for("intake", "intake", taken.position)
    await house.host.wait_for("reporting", "intake", taken.position)
    house.close()


async def test_a_position_that_nobody_was_given_is_refused(tmp_path: Path) -> None:
    house = open_embedded(tmp_path, BUILDERS)
    for source, position in (("intake", 1), ("cellar", 1)):
        with pytest.raises(InvalidError):
            await house.host.wait_for("intake", source, position)
    house.close()


async def test_health_tells_how_far_the_views_are_behind(tmp_path: Path) -> None:
    house = open_embedded(tmp_path, BUILDERS)
    await house.host.prepare()
    await house.host.services["intake"].application.receive(message=MESSAGE, context=context())
    assert (await house.host.lag())["intake.reports"] == 1
    await house.host.drain()
    assert set((await house.host.lag()).values()) == {0}
    house.close()
