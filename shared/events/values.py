"""Values that the events of several services share."""

from decimal import Decimal
from typing import Literal

import msgspec

from shared.events.envelope import Personal

ContactChannel = Literal["email", "webhook"]


class Party(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A person behind a grievance, as far as they chose to be known. Identity is never required."""

    name: Personal | None = None
    reference: Personal | None = None


class SafeContact(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """A way on which the complainant said it is safe to be told something."""

    channel: ContactChannel
    address: Personal
    language: str | None = None


class Money(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An amount, exact, in a currency of ISO 4217."""

    amount: Decimal
    currency: str
