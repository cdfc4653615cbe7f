"""Rounds of delivery over a real record and view, with the clock and the channels in hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.notify import bootstrap
from services.notify.channels.port import Channel, Letter
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain
from services.notify.settings import Settings
from services.notify.views import NOTIFICATIONS, NotificationRow
from shared.documents.port import Query
from shared.embedded import Embedded, open_embedded
from shared.errors import TryLaterError
from shared.events.cases import CaseAcknowledged, CaseClosed
from shared.events.envelope import Actor, Event, Recorded
from shared.events.safety import SafeContactSet
from shared.events.values import SafeContact, SafeHours
from shared.eventstore.context import CommandContext
from shared.eventstore.index import no_index
from shared.eventstore.store import EventStore, Written
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id
from shared.service import Parts, Service
from tests.unit.notify.given import CASE, NOON, ScriptedChannel, SetClock, contact, opened

TOLD = CaseAcknowledged(channel="hotline")
CLOSED = CaseClosed(reason="remedied", explanation="done")


@dataclass(slots=True)
class Switch:
    """A channel that hands on to whichever channel it is set to."""

    to: Channel

    async def deliver(self, letter: Letter) -> Outcome:
        return await self.to.deliver(letter)


@dataclass(slots=True)
class House:
    """Notify beside the record of cases, without loops: a test says when a round is made."""

    folder: Path
    clock: SetClock = field(default_factory=SetClock)
    mail: ScriptedChannel = field(default_factory=lambda: ScriptedChannel([Delivered("<1@test>")]))
    switch: Switch = field(init=False)
    embedded: Embedded = field(init=False)

    def open(self) -> None:
        self.switch = Switch(self.mail)
        self.embedded = open_embedded(
            self.folder, {"intake": _intake, "cases": _cases, "notify": self.build}, self.clock
        )

    def build(self, parts: Parts, _stores: object = None, store: EventStore | None = None) -> Service:
        settings = Settings(concurrent_deliveries=4)
        return bootstrap.build(parts, settings, store=store, channels={"email": self.switch}, jitter=lambda: 0.0)

    @property
    def service(self) -> Service:
        return self.embedded.host.services["notify"]

    def parts(self) -> Parts:
        """What another process over the same record would be lent."""
        store, documents = self.service.store, self.service.documents
        return Parts(
            lambda _name, _index: store, documents, self.folder, str.encode, self.clock, vault=self.embedded.vault
        )

    async def happens(self, *events: Event, case_id: UUID = CASE) -> None:
        store = self.embedded.stores["cases"]
        context = CommandContext(actor=Actor("tester", "operator"), now=self.clock(), correlation_id=new_id())
        version = len(await store.stream(case_id))
        await store.write(context, lambda work: work.append(case_id, version, events, context))
        await self.embedded.host.drain()

    async def deliver(self, *, and_fold: bool = True) -> None:
        for _name, once, _rest in self.service.background:
            await once()
        if and_fold:
            await self.embedded.host.drain()

    async def rows(self) -> list[NotificationRow]:
        return list((await self.service.documents.find(NOTIFICATIONS, Query(limit=500))).rows)

    async def row(self) -> NotificationRow:
        (only,) = await self.rows()
        return only


def _intake(parts: Parts, _stores: object) -> Service:
    return Service(name="intake", store=parts.open_store("intake", no_index), documents=parts.documents)


def _cases(parts: Parts, _stores: object) -> Service:
    return Service(name="cases", store=parts.open_store("cases", no_index), documents=parts.documents)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with one open case whose complainant gave a safe contact."""
    house = House(tmp_path)
    house.open()
    await house.embedded.host.prepare()
    await house.happens(opened(contact("vi")))
    yield house
    house.embedded.close()


async def test_a_queued_notification_goes_out_in_the_next_round_and_only_once(house: House) -> None:
    await house.happens(TOLD)
    await house.deliver()
    await house.deliver()
    (letter,) = house.mail.letters
    row = await house.row()
    assert (letter.address, letter.language, letter.id) == ("aye@example.org", "vi", row.id)
    assert (row.state, row.attempts[0].channel_reference) == ("sent", "<1@test>")


async def test_a_view_that_lags_does_not_send_twice(house: House) -> None:
    await house.happens(TOLD)
    await house.deliver(and_fold=False)
    await house.deliver(and_fold=False)
    assert (await house.row()).state == "queued"
    assert len(house.mail.letters) == 1


async def test_a_failed_attempt_waits_for_its_time(house: House) -> None:
    house.mail.outcomes = [TryAgain("smtp-4xx"), Delivered()]
    await house.happens(TOLD)
    await house.deliver()
    assert (await house.row()).state == "retrying"
    house.clock.forward(minutes=0.99)
    await house.deliver()
    assert len(house.mail.letters) == 1
    house.clock.forward(minutes=0.01)
    await house.deliver()
    assert [attempt.cause for attempt in (await house.row()).attempts] == ["smtp-4xx", None]
    assert (await house.row()).state == "sent"


async def test_after_the_last_attempt_it_has_failed(house: House) -> None:
    house.mail.outcomes = [TryAgain("connect")]
    await house.happens(TOLD)
    for _minute in range(200):
        await house.deliver()
        house.clock.forward(minutes=1)
    row = await house.row()
    assert (row.state, len(row.attempts), len(house.mail.letters)) == ("failed", 5, 5)


async def test_what_is_refused_for_good_is_not_tried_again(house: House) -> None:
    house.mail.outcomes = [GiveUp("smtp-5xx-permanent")]
    await house.happens(TOLD)
    await house.deliver()
    house.clock.forward(minutes=500)
    await house.deliver()
    row = await house.row()
    assert (row.state, [attempt.cause for attempt in row.attempts]) == ("failed", ["smtp-5xx-permanent"])


async def test_a_restart_goes_on_where_it_was_and_hears_nothing_twice(house: House) -> None:
    house.mail.outcomes = [TryAgain("connect"), Delivered()]
    await house.happens(TOLD)
    await house.deliver()
    house.embedded.close()
    house.open()
    await house.embedded.host.drain()
    house.clock.forward(minutes=1)
    await house.deliver()
    assert (await house.row()).state == "sent"
    assert len(house.mail.letters) == 2


async def test_of_two_deliverers_only_one_sends(house: House) -> None:
    await house.happens(TOLD)
    other = house.build(house.parts(), store=house.service.store)
    waiting = (await house.row()).id
    both = (service.application.delivery.deliver(notification_id=waiting) for service in (house.service, other))
    await asyncio.gather(*both)
    await house.embedded.host.drain()
    row = await house.row()
    assert len(house.mail.letters) == 1
    assert (row.state, row.version, len(row.attempts)) == ("sent", 3, 1)


async def test_after_a_crash_between_sending_and_recording_the_next_attempt_says_that_it_may_repeat(
    house: House,
) -> None:
    await house.happens(TOLD)
    waiting = (await house.row()).id
    store = FullDisk(house.service.store, after=1)
    with pytest.raises(TryLaterError):
        await house.build(house.parts(), store=cast("EventStore", store)).application.delivery.deliver(
            notification_id=waiting
        )
    await house.deliver()
    row = await house.row()
    assert (row.state, row.may_repeat, len(house.mail.letters)) == ("sent", True, 2)
    assert len({letter.id for letter in house.mail.letters}) == 1


async def test_what_waits_is_held_back_when_the_contact_changes_meanwhile(house: House) -> None:
    await house.happens(TOLD)
    await house.happens(SafeContactSet(safe_contact=contact("vi", address="new@example.org")))
    await house.deliver()
    row = await house.row()
    assert (row.state, row.reason, row.person) == ("suppressed", "contact-changed", True)
    assert house.mail.letters == []


async def test_what_waits_for_an_hour_is_put_off_when_the_hours_change(house: House) -> None:
    await house.happens(TOLD)
    later = SafeHours(start="20:00", end="21:00")
    await house.happens(SafeContactSet(safe_contact=replace(contact("vi"), zone="UTC", hours=(later,))))
    await house.deliver()
    assert (await house.row()).due_at == NOON + timedelta(hours=8)
    house.clock.forward(minutes=8 * 60)
    await house.deliver()
    assert (await house.row()).state == "sent"


async def test_one_person_hears_in_the_order_in_which_it_happened(house: House) -> None:
    house.mail.outcomes = [TryAgain("connect"), Delivered()]
    await house.happens(TOLD)
    house.clock.forward(minutes=0.1)
    await house.happens(CLOSED)
    for _round in range(4):
        await house.deliver()
    assert [row.occasion for row in await house.rows() if row.state == "sent"] == []
    house.clock.forward(minutes=2)
    for _round in range(2):
        await house.deliver()
    assert [letter.id for letter in house.mail.letters[1:]] == [
        row.id for row in sorted(await house.rows(), key=lambda row: row.created_at)
    ]


async def test_many_are_delivered_in_one_round_a_few_at_a_time(house: House) -> None:
    house.switch.to = busy = BusyChannel()
    for _case in range(10):
        await house.happens(opened(contact()), TOLD, CLOSED, case_id=new_id())
    await house.deliver()
    assert {row.state for row in await house.rows()} == {"sent"}
    assert (busy.delivered, busy.most) == (20, 4)


async def test_a_channel_that_breaks_stops_neither_the_round_nor_itself_for_ever(house: House) -> None:
    await house.happens(TOLD, CLOSED)
    house.switch.to = BrokenChannel()
    await house.deliver()
    rows = await house.rows()
    assert [(row.state, row.attempts[0].cause) for row in rows] == [("retrying", "unforeseen")] * 2


async def test_what_was_sent_but_not_recorded_is_recorded_later_and_not_sent_again(house: House) -> None:
    await house.happens(TOLD)
    row = await house.row()
    store = FullDisk(house.service.store, after=1)
    delivery = house.build(house.parts(), store=cast("EventStore", store)).application.delivery
    with pytest.raises(TryLaterError):
        await delivery.deliver(notification_id=row.id)
    store.is_full = False
    await delivery.deliver(notification_id=row.id)
    await house.embedded.host.drain()
    assert (await house.row()).state == "sent"
    assert len(house.mail.letters) == 1


async def test_a_round_that_takes_long_leaves_the_rest_to_the_next(house: House) -> None:
    house.switch.to = SlowChannel(house.clock)
    for _case in range(3):
        await house.happens(opened(contact()), TOLD, CLOSED, case_id=new_id())
    await house.deliver()
    assert sorted(row.state for row in await house.rows()) == ["queued"] * 2 + ["sent"] * 4
    await house.deliver()
    assert {row.state for row in await house.rows()} == {"sent"}


async def test_without_a_mail_server_a_letter_lies_in_the_outbox(tmp_path: Path) -> None:
    clock = SetClock()
    builders = {
        "intake": _intake,
        "cases": _cases,
        "notify": lambda parts, _stores: bootstrap.build(parts, Settings(smtp_host=None)),
    }
    embedded = open_embedded(tmp_path, builders, clock)
    house = House(tmp_path, clock)
    house.embedded = embedded
    await embedded.host.prepare()
    await house.happens(opened(SafeContact(channel="email", address="aye@example.org")), TOLD)
    await house.deliver()
    row = await house.row()
    assert row.state == "sent"
    assert [file.name for file in (tmp_path / "notify" / "outbox").glob("*")] == [f"{row.id}.eml"]
    embedded.close()


@dataclass(slots=True)
class BusyChannel:
    """Counts how many letters it has in hand at once."""

    delivered: int = 0
    busy: int = 0
    most: int = 0

    async def deliver(self, letter: Letter) -> Outcome:
        self.busy += 1
        self.most = max(self.most, self.busy)
        await asyncio.sleep(0.001)
        self.busy -= 1
        self.delivered += 1
        return Delivered(str(letter.id))


class BrokenChannel:
    """Has a bug."""

    async def deliver(self, letter: Letter) -> Outcome:
        raise RuntimeError(letter.address)


@dataclass(slots=True)
class SlowChannel:
    """Takes ten seconds for each letter."""

    clock: SetClock

    async def deliver(self, letter: Letter) -> Outcome:
        self.clock.forward(minutes=1 / 6)
        return Delivered(str(letter.id))


class FullDisk:
    """A record that cannot be written until it can; all else is the record's own."""

    def __init__(self, store: EventStore, after: int = 0) -> None:
        self._store = store
        self._left = after
        self.is_full = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def write(self, context: CommandContext, work: Callable[[UnitOfWork], Sequence[Recorded]]) -> Written:
        self._left -= 1
        if self.is_full and self._left < 0:
            raise TryLaterError("The disk is full.")
        return await self._store.write(context, work)
