"""No machine writes against a safe-contact profile: in any zone, on any day of a year, across changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.notify.domain.safety import HEARD, MARGIN, Quiet, Silence, Wait, when_safe
from shared.events.values import ContactChannel, SafeContact, SafeHours

QUIET = Quiet(SafeHours(start="08:00", end="20:00"), "Asia/Bangkok")
SMS = SafeContact(channel="sms", address="+66812345678", zone="Asia/Bangkok")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
ZONES = ["Asia/Bangkok", "Asia/Yangon", "Asia/Kathmandu", "America/New_York", "Europe/London", "Australia/Lord_Howe"]
CHANNELS: list[ContactChannel] = ["email", "webhook", "sms", "voice", "whatsapp", "line"]

wall_times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
spans = st.builds(
    SafeHours,
    start=wall_times,
    end=wall_times,
    days=st.lists(st.integers(1, 7), max_size=3, unique=True).map(tuple),
).filter(lambda span: span.start != span.end)
profiles = st.builds(
    SafeContact,
    channel=st.sampled_from(CHANNELS),
    address=st.just("x"),
    zone=st.sampled_from(ZONES),
    hours=st.lists(spans, max_size=3).map(tuple),
    shared=st.booleans(),
    code_word=st.sampled_from([None, "s1$"]),
    voicemail=st.booleans(),
    text=st.booleans(),
    automatic=st.booleans(),
    do_not_contact=st.booleans(),
)
free_profiles = profiles.map(
    lambda one: replace(
        one, shared=False, code_word=None, voicemail=True, text=True, automatic=True, do_not_contact=False
    )
)


def is_allowed(profile: SafeContact, instant: datetime) -> bool:
    """Read the profile minute by minute, without the code under test."""
    local = instant.astimezone(ZoneInfo(profile.zone or QUIET.zone))
    hours = profile.hours or ((QUIET.hours,) if profile.channel in HEARD else ())
    minute, day = local.hour * 60 + local.minute, local.isoweekday()
    for span in hours:
        start, end = (int(text[:2]) * 60 + int(text[3:]) for text in (span.start, span.end))
        on = span.days or range(1, 8)
        before = 7 if day == 1 else day - 1
        if start < end and day in on and start <= minute < end:
            return True
        if start > end and ((day in on and minute >= start) or (before in on and minute < end)):
            return True
    return not hours


@settings(max_examples=50, deadline=None)
@given(profile=profiles, minutes=st.lists(st.integers(0, 366 * 24 * 60), min_size=12, max_size=12))
def test_in_a_year_no_message_breaks_a_profile(profile: SafeContact, minutes: list[int]) -> None:
    for minute in minutes:
        now = NEW_YEAR + timedelta(minutes=minute)
        safe = when_safe(profile, now, QUIET)
        if isinstance(safe, Wait):
            assert safe.until >= now
            assert is_allowed(profile, safe.until)
            assert is_allowed(profile, safe.until + MARGIN)
            assert profile.automatic
            assert not profile.do_not_contact
            assert not (profile.shared and profile.channel in HEARD)
            assert profile.channel != "voice" or (profile.voicemail and profile.code_word is None)
            assert profile.channel != "sms" or profile.text


CHANGES = [
    ("America/New_York", datetime(2026, 3, 8, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC)),
    ("Europe/London", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),
]


@settings(max_examples=50, deadline=None)
@given(profile=free_profiles, change=st.sampled_from(CHANGES), minute=st.integers(-1440, 2 * 1440))
def test_around_a_change_of_the_clock_the_first_safe_quarter_of_an_hour_is_found(
    profile: SafeContact, change: tuple[str, datetime], minute: int
) -> None:
    zone, day = change
    profile, now = replace(profile, zone=zone), day + timedelta(minutes=minute)
    safe = when_safe(profile, now, QUIET)
    assert isinstance(safe, Wait)
    assert is_allowed(profile, safe.until)
    earlier = (now + timedelta(minutes=5 * step) for step in range(24 * 12))
    missed = [
        one
        for one in earlier
        if one + timedelta(minutes=60) < safe.until
        and all(is_allowed(profile, one + timedelta(minutes=ahead)) for ahead in range(0, 61, 5))
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("contact", "reason", "person"),
    [
        (replace(SMS, do_not_contact=True), "do-not-contact", False),
        (replace(SMS, automatic=False), "person-only", True),
        (replace(SMS, shared=True), "shared-device", True),
        (replace(SMS, text=False), "no-text", True),
        (replace(SMS, channel="voice"), "no-voicemail", True),
        (replace(SMS, channel="voice", voicemail=True, code_word="s1$"), "code-word-first", True),
        (replace(SMS, hours=(SafeHours(start="10:00", end="10:01"),)), "no-safe-hour", True),
    ],
)
def test_what_cannot_be_sent_safely_is_for_a_person_unless_nobody_may_call(
    contact: SafeContact, reason: str, *, person: bool
) -> None:
    assert when_safe(contact, NEW_YEAR, QUIET) == Silence(reason, person)


def test_hours_are_those_of_the_person() -> None:
    evening = replace(SMS, hours=(SafeHours(start="19:00", end="21:00", days=(5,)),))
    safe = when_safe(evening, datetime(2026, 11, 23, 12, tzinfo=UTC), QUIET)
    assert safe == Wait(datetime(2026, 11, 27, 12, tzinfo=UTC))


def test_a_device_stays_quiet_at_night_and_mail_does_not_wait() -> None:
    night = datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert when_safe(SMS, night, QUIET) == Wait(datetime(2026, 11, 24, 1, tzinfo=UTC))
    assert when_safe(replace(SMS, channel="email"), night, QUIET) == Wait(night)
