"""Values that the events of several services share."""

from decimal import Decimal
from typing import Literal

import msgspec

from shared.events.envelope import Personal

ContactChannel = Literal["email", "webhook", "sms", "voice", "whatsapp", "messenger", "line", "viber", "telegram"]

Teller = Literal["affected", "family", "colleague", "witness", "organisation", "other"]
"""Who tells of a grievance: the worker whom it hit, or somebody else."""


class Party(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A person behind a grievance, as far as they chose to be known. Identity is never required."""

    name: Personal | None = None
    reference: Personal | None = None


class SafeHours(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A span of the wall clock, `HH:MM`, on weekdays of ISO 8601 (1 is Monday; none: all). One past midnight ends on
    the next day.
    """

    start: str
    end: str
    days: tuple[int, ...] = ()


class SafeWay(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A further way on which the complainant may be told, on a channel of its own; all else is as the profile says."""

    channel: ContactChannel
    address: Personal
    shared: bool = False
    voicemail: bool = False
    text: bool = True


class SafeContact(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A way on which the complainant said it is safe to be told something, and when and how far that holds.

    `hours` are those of `zone`, a name of the IANA database; none: no hour was named. `code_word` is a salted hash of
    what is said before anything else is. `automatic`: a machine may write, not only a person who looks first.
    `further`: the ways to take, in this order, where this one leads nowhere; none: no other way was allowed.
    """

    channel: ContactChannel
    address: Personal
    language: str | None = None
    zone: str | None = None
    hours: tuple[SafeHours, ...] = ()
    shared: bool = False
    code_word: Personal | None = None
    voicemail: bool = False
    text: bool = True
    automatic: bool = True
    do_not_contact: bool = False
    further: tuple[SafeWay, ...] = ()


class Money(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An amount, exact, in a currency of ISO 4217."""

    amount: Decimal
    currency: str
