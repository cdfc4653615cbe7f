"""What leads nowhere goes on by the next way that its reader allowed and that is safe, each once; then for a person."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.notify import bootstrap
from services.notify.channels.port import Channel, Letter
from services.notify.domain import (
    Delivered,
    GiveUp,
    News,
    Notification,
    Outcome,
    Schedule,
    Silence,
    Text,
    TryAgain,
    choose_way,
    decide_attempt,
    decide_move,
    decide_telling,
    evolve,
    is_late,
    ways,
)
from services.notify.projections import fold
from services.notify.settings import Settings
from shared.events.arrivals import DeliveryReported
from shared.events.envelope import Actor, Event
from shared.events.notify import (
    DeliveryConfirmed,
    NotificationFailed,
    NotificationMoved,
    NotificationQueued,
    NotificationSent,
)
from shared.events.safety import SafeContactSet
from shared.events.values import ContactChannel, SafeContact, SafeWay
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore
from shared.ids import new_id
from shared.service import Parts, Service
from tests.unit.notify.given import CASE, NOON, QUIET, ScriptedChannel, contact, opened, recorded
from tests.unit.notify.test_delivery import TOLD, House
from tests.unit.notify.test_safety import is_allowed, profiles

MORNING = NOON - timedelta(hours=8)
NIGHT = NOON + timedelta(hours=6)
LINE = SafeWay(channel="line", address="U1")
SMS = SafeWay(channel="sms", address="+66811112222")
SCHEDULE = Schedule((0, 1, 5))
CHANNELS: list[ContactChannel] = ["email", "webhook", "sms", "voice", "whatsapp", "line"]


def mail(*further: SafeWay) -> SafeContact:
    return replace(contact("vi"), further=further)


def text(language: str) -> Text:
    return Text(language, f"{language}/x", "S", "B")


def told(profile: SafeContact, now: datetime = NOON, *only: ContactChannel) -> Event:
    news = News(
        case_id=CASE, occasion="answer", audience="complainant", occurred_at=now, recorded_at=now, channels=only
    )
    return decide_telling(news, profile, text, timedelta(days=14), now=now, quiet=QUIET)


@pytest.mark.parametrize(
    "unsafe",
    [
        SafeWay(channel="whatsapp", address="+66811112222", shared=True),
        SafeWay(channel="voice", address="+66811112222"),
        SafeWay(channel="sms", address="+66811112222", text=False),
    ],
)
def test_a_further_way_that_is_not_safe_is_passed_over(unsafe: SafeWay) -> None:
    profile = replace(mail(unsafe, LINE), voicemail=True)
    assert [way.channel for way in ways(profile)] == ["email", unsafe.channel, "line"]
    taken = choose_way(profile, NOON, QUIET, but=("email",))
    assert not isinstance(taken, Silence)
    assert taken.contact.channel == "line"


def test_what_the_profile_bars_it_bars_on_every_way() -> None:
    for barred in ({"do_not_contact": True}, {"automatic": False}, {"shared": True}):
        assert isinstance(choose_way(replace(mail(LINE, SMS), **barred), NOON, QUIET, but=("email",)), Silence)


def test_what_may_not_go_by_the_first_way_is_queued_for_the_next() -> None:
    profile = replace(mail(LINE), channel="sms", text=False)
    queued = told(profile)
    assert isinstance(queued, NotificationQueued)
    assert (queued.channel, queued.address) == ("line", "U1")


def test_a_rule_that_names_channels_holds_for_further_ways_too() -> None:
    state = evolve(None, recorded(told(mail(LINE, SMS), NOON, "email", "sms")))
    moved = decide_move(state, mail(LINE, SMS), now=NOON, quiet=QUIET, able=CHANNELS, reason="http-404")
    assert moved is not None
    assert moved.channel == "sms"


@pytest.mark.parametrize("reason", ["erased", "unreadable", "expired", "contact-changed"])
def test_what_no_other_way_would_mend_stays(reason: str) -> None:
    state = evolve(None, recorded(told(mail(LINE))))
    assert decide_move(state, mail(LINE), now=NOON, quiet=QUIET, able=CHANNELS, reason=reason) is None


def test_the_pauses_begin_anew_on_each_way_and_attempts_are_counted_on() -> None:
    state = evolve(None, recorded(told(mail(LINE))))
    for number in (1, 2, 3):
        failed = decide_attempt(state, TryAgain("connect"), NOON, SCHEDULE, jitter=0)
        assert failed.attempt == number
        state = evolve(state, recorded(failed))
    assert state.due_at is None
    moved = NotificationMoved(channel="line", address="U1", reason="connect")
    again = decide_attempt(evolve(state, recorded(moved)), TryAgain("connect"), NOON, SCHEDULE, jitter=0)
    assert again == NotificationFailed(attempt=4, cause="connect", retry_at=NOON + timedelta(minutes=1))


def test_a_late_receipt_for_a_way_that_was_left_says_nothing_of_the_way_of_now() -> None:
    queued = told(mail(LINE))
    moved = NotificationMoved(channel="line", address="U1", reason="undelivered")
    first, lost = NotificationSent(attempt=1), DeliveryConfirmed(state="undelivered", attempt=1)
    row, state = None, None
    for version, event in enumerate((queued, first, lost, moved), 1):
        row, state = fold(row, recorded(event, version=version)), evolve(state, recorded(event, version=version))
    assert row is not None
    assert state is not None
    late = DeliveryConfirmed(state="read", attempt=1)
    assert is_late(late, state)
    assert (fold(row, recorded(late)).state, row.person, row.channel) == ("queued", False, "line")
    row, state = fold(row, recorded(NotificationSent(attempt=2))), evolve(state, recorded(NotificationSent(attempt=2)))
    assert fold(row, recorded(late)).state == "sent"
    assert not is_late(DeliveryConfirmed(state="read", attempt=2), state)
    assert fold(row, recorded(DeliveryConfirmed(state="read", attempt=2))).state == "read"
    assert [(left.channel, left.reason) for left in row.left] == [("email", "undelivered")]


def of_another_channel(profile: SafeContact, further: list[SafeWay]) -> SafeContact:
    seen: dict[ContactChannel, SafeWay] = {way.channel: way for way in further if way.channel != profile.channel}
    return replace(profile, further=tuple(seen.values()))


further_ways = st.lists(
    st.builds(
        SafeWay,
        channel=st.sampled_from(CHANNELS),
        address=st.just("y"),
        shared=st.booleans(),
        voicemail=st.booleans(),
        text=st.booleans(),
    ),
    min_size=2,
    max_size=6,
)
reached = profiles.map(lambda one: replace(one, automatic=True, do_not_contact=False, hours=()))
outcomes = st.sampled_from([GiveUp("http-404"), TryAgain("timeout"), Delivered("lost"), Delivered("arrives")])


@settings(max_examples=50, deadline=None)
@given(
    profile=st.builds(of_another_channel, profiles | reached | reached, further_ways),
    able=st.just(set(CHANNELS)) | st.sets(st.sampled_from(CHANNELS)),
    minute=st.integers(0, 366 * 24 * 60),
    script=st.lists(outcomes, min_size=40, max_size=40),
)
def test_nothing_goes_out_but_by_the_ways_that_are_allowed_and_safe_and_by_each_once(
    profile: SafeContact, able: set[ContactChannel], minute: int, script: list[Outcome]
) -> None:
    now = NOON + timedelta(minutes=minute)
    event: Event | None = told(profile, now)
    state, taken = None, list[ContactChannel]()
    while event is not None:
        state = evolve(state, recorded(event, recorded_at=now))
        if isinstance(event, NotificationQueued | NotificationMoved):
            taken.append(event.channel)
        event, now = _next(state, profile, now, able, script)
    assert len(taken) == len(set(taken))
    assert set(taken) <= {profile.channel, *(way.channel for way in profile.further)}


def _next(
    state: Notification,
    profile: SafeContact,
    now: datetime,
    able: set[ContactChannel],
    script: list[Outcome],
) -> tuple[Event | None, datetime]:
    """Make the attempt that is due, and go on after it."""
    if state.queued is None:
        return None, now
    now = max(now, state.due_at or now)

    def move(reason: str) -> tuple[Event | None, datetime]:
        return decide_move(state, profile, now=now, quiet=QUIET, able=able, reason=reason), now

    if state.due_at is None:
        return move("led-nowhere") if state.sent is None or script.pop() == Delivered("lost") else (None, now)
    if state.channel not in able:
        return move("channel-not-set-up")
    if state.attempts == state.earlier:
        _demand_safe(profile, state.channel, now)
    return decide_attempt(state, script.pop(), now, SCHEDULE, jitter=0), now


def _demand_safe(profile: SafeContact, channel: ContactChannel, now: datetime) -> None:
    """Read the profile without the code under test."""
    way = next((one for one in profile.further if one.channel == channel), None)
    shared = profile.shared or (way is not None and way.shared)
    voicemail = profile.voicemail if way is None else way.voicemail
    assert profile.automatic
    assert not profile.do_not_contact
    assert not shared or channel in {"email", "webhook"}
    assert channel != "voice" or (voicemail and profile.code_word is None)
    assert channel != "sms" or (profile.text and (way is None or way.text))
    assert is_allowed(replace(profile, channel=channel), now)


@dataclass(slots=True)
class Ways(House):
    """A house from which mail and messages of LINE go out."""

    line: ScriptedChannel = field(default_factory=lambda: ScriptedChannel([Delivered("line-1")]))
    meanwhile: bool = False

    def build(self, parts: Parts, _stores: object = None, store: EventStore | None = None) -> Service:
        channels: dict[ContactChannel, Channel] = {"email": self.switch, "line": Interrupted(self)}
        return bootstrap.build(parts, Settings(), store=store, channels=channels, jitter=lambda: 0.0)

    async def reported(self, reference: str, state: str) -> None:
        """Let the provider tell what became of a message."""
        store = self.embedded.stores["intake"]
        report = DeliveryReported(channel="line", account="desk", provider_id=reference, state=state)
        context = CommandContext(actor=Actor("tester", "system"), now=self.clock(), correlation_id=new_id())
        await store.write(context, lambda work: work.append(new_id(), 0, [report], context))
        await self.embedded.host.drain()


@dataclass(slots=True)
class Interrupted:
    """LINE, while whose answer is waited for a provider may say something of the way before."""

    house: Ways

    async def deliver(self, letter: Letter) -> Outcome:
        outcome = await self.house.line.deliver(letter)
        if self.house.meanwhile:
            await self.house.reported("<1@test>", "read")
        return outcome


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Ways]:
    """A house without cases."""
    house = Ways(tmp_path)
    house.open()
    await house.embedded.host.prepare()
    yield house
    house.embedded.close()


async def test_what_is_refused_goes_on_by_the_next_way_and_the_reason_is_on_record(house: Ways) -> None:
    house.mail.outcomes = [GiveUp("smtp-5xx-permanent")]
    await house.happens(opened(mail(SMS, LINE)), TOLD)
    for _round in range(2):
        await house.deliver()
    row = await house.row()
    assert (row.state, row.channel, row.person) == ("sent", "line", False)
    assert [(left.channel, left.reason) for left in row.left] == [("email", "smtp-5xx-permanent")]
    assert [letter.address for letter in house.line.letters] == ["U1"]
    assert len(house.mail.letters) == 1


async def test_a_channel_that_is_not_set_up_is_passed_over(house: Ways) -> None:
    await house.happens(opened(replace(mail(LINE), channel="sms", address="+66811112222")), TOLD)
    for _round in range(2):
        await house.deliver()
    row = await house.row()
    assert (row.state, row.channel, len(row.attempts)) == ("sent", "line", 1)
    assert [(left.channel, left.reason) for left in row.left] == [("sms", "channel-not-set-up")]


async def test_where_no_way_is_left_a_person_sees_to_it(house: Ways) -> None:
    house.mail.outcomes = house.line.outcomes = [TryAgain("connect")]
    house.clock.now = MORNING
    await house.happens(opened(mail(LINE)), TOLD)
    for _minute in range(400):
        await house.deliver()
        house.clock.forward(minutes=1)
    row = await house.row()
    assert (row.state, row.person, row.channel, len(row.attempts)) == ("failed", True, "line", 10)
    assert (len(house.mail.letters), len(house.line.letters)) == (5, 5)


async def test_the_next_way_is_taken_from_the_profile_of_today(house: Ways) -> None:
    house.mail.outcomes = [TryAgain("connect"), GiveUp("smtp-5xx-permanent")]
    await house.happens(opened(mail(LINE)), TOLD)
    await house.deliver()
    await house.happens(SafeContactSet(safe_contact=mail(replace(LINE, shared=True))))
    house.clock.forward(minutes=1)
    for _round in range(3):
        await house.deliver()
    row = await house.row()
    assert (row.state, row.person, house.line.letters) == ("failed", True, [])


async def test_a_further_way_keeps_its_own_quiet_hours(house: Ways) -> None:
    house.mail.outcomes = [GiveUp("smtp-5xx-permanent")]
    house.clock.now = NIGHT
    await house.happens(opened(mail(LINE)), TOLD)
    for _round in range(2):
        await house.deliver()
    row = await house.row()
    assert (row.state, row.channel, row.due_at) == ("queued", "line", NIGHT + timedelta(hours=7))
    assert house.line.letters == []


async def test_what_never_arrived_goes_on_and_a_late_word_of_the_first_way_changes_nothing(house: Ways) -> None:
    await house.happens(opened(mail(LINE)), TOLD)
    await house.deliver()
    await house.reported("<1@test>", "undelivered")
    row = await house.row()
    assert (row.state, row.channel, row.person) == ("queued", "line", False)
    await house.reported("<1@test>", "read")
    assert (await house.row()).state == "queued"
    await house.deliver()
    await house.reported("line-1", "failed")
    row = await house.row()
    assert (row.state, row.person, [left.reason for left in row.left]) == ("undelivered", True, ["undelivered"])
    assert (len(house.mail.letters), len(house.line.letters)) == (1, 1)


async def test_a_late_receipt_that_comes_while_the_next_way_is_taken_makes_nobody_be_told_twice(house: Ways) -> None:
    house.mail.outcomes = [Delivered("<1@test>")]
    await house.happens(opened(mail(LINE)), TOLD)
    await house.deliver()
    await house.reported("<1@test>", "undelivered")
    house.meanwhile = True
    for _round in range(3):
        await house.deliver()
    row = await house.row()
    assert (row.state, row.channel, row.may_repeat, len(house.line.letters)) == ("sent", "line", False, 1)
