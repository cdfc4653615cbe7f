"""What the facts of remedies have made of them beyond the plan: shares, payments by worker, counts, re-checks."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from shared.events import remedying as told
from shared.events.envelope import Recorded
from shared.events.values import Money


class Yield(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of one item. `paid` holds the running sum of each worker."""

    item_id: UUID
    shares: tuple[told.Share, ...] = ()
    paid: Mapping[UUID, Money] = {}
    counts: Mapping[str, int] = {}
    recheck_at: datetime | None = None
    rechecked_at: datetime | None = None
    outcome: told.RecheckOutcome | None = None

    def share(self, member_id: UUID) -> Money | None:
        """Return what a worker is due, None where nothing was said."""
        return next((one.amount for one in self.shares if one.member_id == member_id), None)

    def got(self, member_id: UUID) -> Decimal:
        """Return what a worker got so far."""
        paid = self.paid.get(member_id)
        return paid.amount if paid else Decimal()


Yields = tuple[Yield, ...]


def of_item(yields: Yields, item_id: UUID) -> Yield:
    """Return what became of an item; nothing, where nothing was said."""
    return next((one for one in yields if one.item_id == item_id), Yield(item_id))


def after(yields: Yields, recorded: Recorded) -> Yields:
    """Return the yields after a fact; a fact without bearing on them changes nothing."""
    at = recorded.envelope.occurred_at
    match recorded.event:
        case told.RemedyShared(item_id=item_id, shares=shares):
            return _with(yields, replace(of_item(yields, item_id), shares=shares))
        case told.WorkerPaid(item_id=item_id, member_id=member, amount=amount):
            known = of_item(yields, item_id)
            paid = Money(amount=known.got(member) + amount.amount, currency=amount.currency)
            return _with(yields, replace(known, paid={**known.paid, member: paid}))
        case told.RemedyCounted(item_id=item_id, unit=unit, count=count):
            known = of_item(yields, item_id)
            return _with(yields, replace(known, counts={**known.counts, unit: count}))
        case told.RecheckScheduled(item_id=item_id, recheck_at=recheck_at):
            return _with(yields, replace(of_item(yields, item_id), recheck_at=recheck_at, rechecked_at=None))
        case told.RemedyRechecked(item_id=item_id, outcome=outcome):
            return _with(yields, replace(of_item(yields, item_id), rechecked_at=at, outcome=outcome))
        case _:
            return yields


def _with(yields: Yields, changed: Yield) -> Yields:
    return (*(one for one in yields if one.item_id != changed.item_id), changed)
