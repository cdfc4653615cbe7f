"""Whether, and when, a machine may write to somebody: the safe-contact profile, read on the wall clock of the person.

The answer is one of three: at once, at a later instant, or never by a machine. In the last case a person may have to
look: `Silence.person` says so.
"""

from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from shared.events.values import ContactChannel, SafeContact, SafeHours

MARGIN = timedelta(minutes=2)
"""What is handed to a provider arrives a little later; a span is left this long before it ends."""

HEARD = frozenset({"sms", "voice", "whatsapp", "messenger", "line", "viber", "telegram"})
"""The channels that ring or light up a device, wherever it lies."""

_AHEAD = 8
"""Days to look for the next span: a week, and the day after a span past midnight."""


class Wait(msgspec.Struct, frozen=True):
    """Not before this instant; it may be the one that was asked about."""

    until: datetime


class Way(msgspec.Struct, frozen=True):
    """The profile as it holds on one way, and the first instant at which that is safe."""

    contact: SafeContact
    until: datetime


class Silence(msgspec.Struct, frozen=True):
    """Nothing is sent by a machine; `person`: somebody of the office shall see to it."""

    reason: str
    person: bool


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours to keep where a person named none of their own, and the zone of those who named none."""

    hours: SafeHours
    zone: str


def when_safe(contact: SafeContact, now: datetime, quiet: Quiet) -> Wait | Silence:
    """Return when a machine may write on this contact, at the earliest `now`."""
    barred = _barred(contact)
    if barred is not None:
        return barred
    hours, zone = _kept(contact, quiet)
    instant = next_safe(hours, ZoneInfo(zone), now)
    return Wait(instant) if instant is not None else Silence("no-safe-hour", person=True)


def ways(contact: SafeContact) -> Sequence[SafeContact]:
    """Return the profile as it holds on each way, in the order of the person; what it bars, it bars on all of them."""
    further = (
        msgspec.structs.replace(
            contact,
            channel=way.channel,
            address=way.address,
            shared=contact.shared or way.shared,
            voicemail=way.voicemail,
            text=contact.text and way.text,
            further=(),
        )
        for way in contact.further
    )
    return (msgspec.structs.replace(contact, further=()), *further)


def choose_way(
    contact: SafeContact,
    now: datetime,
    quiet: Quiet,
    *,
    only: Collection[ContactChannel] = (),
    able: Container[ContactChannel] | None = None,
    but: Container[ContactChannel] = (),
    before: datetime | None = None,
) -> Way | Silence:
    """Return the first way on which a machine may write in time, or why it may not on the first of them.

    `only`: on these channels; none: on any. `able`: those set up; None: not known here. `but`: those taken already.
    """

    def on(way: SafeContact) -> Way | Silence:
        if way.channel in but:
            return Silence("way-taken", person=True)
        if only and way.channel not in only:
            return Silence("channel-not-for-this", person=True)
        if able is not None and way.channel not in able:
            return Silence("channel-not-set-up", person=True)
        safe = when_safe(way, now, quiet)
        if isinstance(safe, Silence):
            return safe
        return Silence("too-late", person=True) if before and safe.until >= before else Way(way, safe.until)

    found = [on(way) for way in ways(contact)]
    return next((one for one in found if isinstance(one, Way)), found[0])


def next_safe(hours: tuple[SafeHours, ...], zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the first instant from `now` on that lies in the hours and is not about to leave them; none: any."""
    if not hours:
        return now
    later = sorted(start for start in _starts(hours, zone, now) if start > now)
    return next((instant for instant in (now, *later) if _is_safe(hours, zone, instant)), None)


def lies_within(hours: tuple[SafeHours, ...], local: datetime) -> bool:
    """Whether the wall clock `local` reads a time in one of the spans."""
    return any(_holds(span, local) for span in hours)


def _barred(contact: SafeContact) -> Silence | None:
    reasons = (
        (contact.do_not_contact, Silence("do-not-contact", person=False)),
        (not contact.automatic, Silence("person-only", person=True)),
        (contact.shared and contact.channel in HEARD, Silence("shared-device", person=True)),
        (contact.channel == "voice" and contact.code_word is not None, Silence("code-word-first", person=True)),
        (contact.channel == "voice" and not contact.voicemail, Silence("no-voicemail", person=True)),
        (contact.channel == "sms" and not contact.text, Silence("no-text", person=True)),
    )
    return next((silence for holds, silence in reasons if holds), None)


def _kept(contact: SafeContact, quiet: Quiet) -> tuple[tuple[SafeHours, ...], str]:
    zone = contact.zone or quiet.zone
    if contact.hours:
        return contact.hours, zone
    return ((quiet.hours,) if contact.channel in HEARD else ()), zone


def _is_safe(hours: tuple[SafeHours, ...], zone: ZoneInfo, instant: datetime) -> bool:
    return all(lies_within(hours, moment.astimezone(zone)) for moment in (instant, instant + MARGIN))


def _holds(span: SafeHours, local: datetime) -> bool:
    start, end, clock = _clock(span.start), _clock(span.end), local.time()
    today, yesterday = local.isoweekday(), (local - timedelta(days=1)).isoweekday()
    if start < end:
        return _on(span, today) and start <= clock < end
    return (_on(span, today) and clock >= start) or (_on(span, yesterday) and clock < end)


def _on(span: SafeHours, weekday: int) -> bool:
    return not span.days or weekday in span.days


def _starts(hours: tuple[SafeHours, ...], zone: ZoneInfo, now: datetime) -> Iterator[datetime]:
    # A wall time that the clock passes twice begins twice; one that it jumps over begins where it lands.
    first = now.astimezone(zone).date()
    for ahead in range(_AHEAD + 1):
        for span in hours:
            for clock in (_clock(span.start), time()):
                wall = datetime.combine(first + timedelta(days=ahead), clock, zone)
                yield from (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _clock(text: str) -> time:
    return time.fromisoformat(text)
