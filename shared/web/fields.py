"""The kinds of fields that request bodies are made of: bounded, free of NULs, times with a zone, exact money."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from shared.code_words import hashed
from shared.events.values import ContactChannel

_UNWANTED = re.compile("[\x00\ud800-\udfff]")


def _writable(text: str) -> str:
    if _UNWANTED.search(text):
        raise ValueError("may not contain NUL or lone surrogates")
    return text


Writable = AfterValidator(_writable)

Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\w.:@+/-]+$"), Writable]
"""A name of a channel, an account, a code: no spaces."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=300), Writable]
"""One line: a name, an outside id, a reason."""

Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000), Writable]
"""What somebody said, in their words."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}$")]
"""A BCP 47 tag."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""An ISO 3166-1 alpha-2 code."""


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies outside the calendar in UTC") from error


def _exact(amount: object) -> object:
    if isinstance(amount, float):
        raise ValueError('is written as text, such as "12500.00", so that no digit is lost')  # noqa: TRY004 - pydantic's way
    return amount


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A time with a zone; one that UTC has no date for would stop every view that sorts by it."""

Since = Annotated[
    Moment | None,
    Field(description="When it was true, with a zone; now when left out.", examples=["2026-03-01T09:30:00+07:00"]),
]

Workers = Annotated[int, Field(ge=1, le=1_000_000)]


class MoneyField(BaseModel):
    """An exact amount in a currency of ISO 4217."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    amount: Annotated[
        Decimal, BeforeValidator(_exact), Field(ge=0, max_digits=18, decimal_places=4, examples=["12500.00"])
    ]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["THB"])]


class PartyField(BaseModel):
    """A person behind a grievance, as far as they chose to be known."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Line | None = None
    reference: Line | None = None


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("is a name of the IANA time zone database, such as Asia/Bangkok") from error
    return name


WallTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"), Field(examples=["18:30"])]

CodeWord = Annotated[
    str,
    StringConstraints(min_length=2, max_length=100),
    Writable,
    AfterValidator(hashed),
    Field(description="Said before anything else; only a salted hash of it is kept."),
]


class SafeHoursField(BaseModel):
    """A span of the wall clock on some weekdays; one past midnight ends on the next day."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: WallTime
    end: WallTime
    days: Annotated[
        tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(max_length=7, description="1 is Monday; none: all.")
    ] = ()

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.start == self.end:
            raise ValueError("'start' and 'end' differ; leave the hours out for the whole day")
        return self


class SafeWayField(BaseModel):
    """A further way on which somebody may be told, where the one before leads nowhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    channel: ContactChannel
    address: Line
    shared: Annotated[bool, Field(description="Others use the same device: a person decides each time.")] = False
    voicemail: Annotated[bool, Field(description="A message may be left on it.")] = False
    text: Annotated[bool, Field(description="A text may be sent.")] = True


class SafeContactField(BaseModel):
    """A way on which the complainant said it is safe to be told something, and when and how far that holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    channel: ContactChannel
    address: Line
    language: Language | None = None
    zone: Annotated[
        str | None,
        StringConstraints(max_length=60),
        AfterValidator(lambda name: name and _known_zone(name)),
        Field(description="The person's time zone.", examples=["Asia/Bangkok"]),
    ] = None
    hours: Annotated[tuple[SafeHoursField, ...], Field(max_length=20, description="When it is safe, in `zone`.")] = ()
    shared: Annotated[bool, Field(description="Others use the same device: a person decides each time.")] = False
    code_word: CodeWord | None = None
    voicemail: Annotated[bool, Field(description="A message may be left on it.")] = False
    text: Annotated[bool, Field(description="A text may be sent.")] = True
    automatic: Annotated[bool, Field(description="A machine may write; otherwise a person does.")] = True
    do_not_contact: Annotated[bool, Field(description="Nobody writes or calls.")] = False
    further: Annotated[
        tuple[SafeWayField, ...],
        Field(max_length=5, description="The ways to take, in this order, where this one leads nowhere."),
    ] = ()

    @model_validator(mode="after")
    def _hours_are_somewhere(self) -> Self:
        if self.hours and self.zone is None:
            raise ValueError("'hours' are hours of a 'zone': name it")
        return self

    @model_validator(mode="after")
    def _each_way_is_another(self) -> Self:
        if len({self.channel, *(way.channel for way in self.further)}) <= len(self.further):
            raise ValueError("each way of 'further' is on a channel that no other way is on")
        return self
