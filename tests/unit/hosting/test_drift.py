"""The look by schedule: not at the start, once a day, and it says which view differs from its record."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.__main__ import BUILDERS
from services.reporting.views.facts import CONTACTS
from shared.bus.drift import Drift
from shared.documents.port import Query
from shared.embedded import open_embedded
from shared.events.intake import MessageReceived
from tests.unit.eventstore.test_store import context

MESSAGE = MessageReceived(channel="app", account="a", external_id="1", text="help", sender="s")


async def test_a_view_that_differs_is_found_on_the_next_day(tmp_path: Path) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    house = open_embedded(tmp_path, BUILDERS)
    await house.host.prepare()
    await house.host.services["intake"].application.receive(message=MESSAGE, context=context())
    await house.host.drain()
    reporting = house.host.services["reporting"]
    drift = Drift("reporting", reporting.projections, reporting.documents, bus=house.host.bus, clock=lambda: now[0])

    await drift.once()
    assert drift.found == {}

    now[0] += timedelta(days=1)
    await drift.once()
    assert drift.found["reporting.contact_facts"] == 0
    (row,) = (await reporting.documents.find(CONTACTS, Query())).rows
    row.channel = "faked"
    await reporting.documents.save(CONTACTS, [row], await reporting.documents.position(CONTACTS))

    now[0] += timedelta(hours=1)
    await drift.once()
    assert drift.found["reporting.contact_facts"] == 0
    now[0] += timedelta(days=1)
    await drift.once()
    assert drift.found["reporting.contact_facts"] == 1
    house.close()
