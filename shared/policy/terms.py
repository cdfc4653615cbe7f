"""How long something may take, and when it is over: spans of a calendar with a zone, a weekend and holidays."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

Unit = Literal["hours", "days", "months", "business days"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WRITTEN = "'P7D' (days), 'P3M' (months), 'PT24H' (hours) or '2 business days'"
LONGEST = 3_660

_ISO = re.compile(r"P(?:(?P<days>\d{1,4})D|(?P<weeks>\d{1,3})W|(?P<months>\d{1,3})M|T(?P<hours>\d{1,5})H)")
_BUSINESS = re.compile(r"(?P<count>\d{1,4}) business days?")


class Calendar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In which zone days begin and end, and on which days nobody works."""

    time_zone: str = "UTC"
    weekend: tuple[Weekday, ...] = ("sat", "sun")
    holidays: tuple[date, ...] = ()

    def works(self, day: date) -> bool:
        """Whether it is a business day."""
        return WEEKDAYS[day.weekday()] not in self.weekend and day not in self.holidays


class Term:
    """A span: so many hours, days, months or business days. A class of its own, so that packs are read by our words."""

    def __init__(self, count: int, unit: Unit) -> None:
        """Take how many of what."""
        self.count = count
        self.unit = unit

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Term) and (self.count, self.unit) == (other.count, other.unit)

    def __hash__(self) -> int:
        return hash((self.count, self.unit))

    def after(self, start: datetime, calendar: Calendar) -> datetime:
        """Return when it is over, in UTC.

        Hours are exact. Days and months end at the same time of day on the clock of the zone, a month at the latest
        on its last day; business days, of which the day of the start is none, end with the last of them.
        """
        if self.unit == "hours":
            return start + timedelta(hours=self.count)
        zone = ZoneInfo(calendar.time_zone)
        local = start.astimezone(zone)
        if self.unit == "business days":
            day = _business_days_after(local.date(), self.count, calendar)
            return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        day = local.date() + timedelta(days=self.count) if self.unit == "days" else _months_after(local, self.count)
        return datetime.combine(day, local.time(), zone).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


def written_term(term: Term) -> str:
    """Write a span as packs do; `read_term` reads it back."""
    match term.unit:
        case "hours":
            return f"PT{term.count}H"
        case "days":
            return f"P{term.count}D"
        case "months":
            return f"P{term.count}M"
        case "business days":
            return f"{term.count} business days"


def read_term(text: object) -> Term:
    """Read a span as packs write it; a `ValueError` says how."""
    iso = _ISO.fullmatch(text) if isinstance(text, str) else None
    business = _BUSINESS.fullmatch(text) if isinstance(text, str) else None
    if business:
        found = Term(int(business["count"]), "business days")
    elif iso and iso["hours"]:
        found = Term(int(iso["hours"]), "hours")
    elif iso and iso["months"]:
        found = Term(int(iso["months"]), "months")
    elif iso:
        found = Term(int(iso["days"] or 0) + 7 * int(iso["weeks"] or 0), "days")
    else:
        raise ValueError(f"a span is written as {WRITTEN}")
    if not 0 < found.count <= LONGEST:
        raise ValueError(f"a span counts from 1 to {LONGEST}")
    return found


def _business_days_after(day: date, count: int, calendar: Calendar) -> date:
    while count:
        day += timedelta(days=1)
        count -= calendar.works(day)
    return day


def _months_after(start: datetime, count: int) -> date:
    years, month = divmod(start.month - 1 + count, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
