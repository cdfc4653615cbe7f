"""How a decision is tried without being taken: who asks, and words of which none matters to a gate."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from services.cases.domain.organisations import Organisation
from shared.events.values import Money
from shared.policy import Policy

NOBODY = UUID(int=0)
WORD = "-"
PAID = Money(amount=Decimal(1), currency="USD")


class Asking(NamedTuple):
    """Who asks, when, under which policy; `organisations` are those that the case speaks of."""

    by: str
    at: datetime
    policy: Policy
    organisations: Mapping[UUID, Organisation]


Trial = Callable[[], object]
