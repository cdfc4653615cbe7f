"""The kinds of fields that request bodies are made of: bounded, free of NULs, times with a zone, exact money."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

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


class SafeContactField(BaseModel):
    """A way on which the complainant said it is safe to be told something."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    channel: ContactChannel
    address: Line
    language: Language | None = None
