"""What cases says of remedies beyond the plan: counts of units, each worker's share, and whether it lasted."""

from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from shared.events.cases import CaseEvent
from shared.events.envelope import Event, Instant, Personal
from shared.events.values import Money

CountedUnit = Literal["workers", "documents", "sites", "services", "employers"]
RecheckOutcome = Literal["lasts", "relapsed", "not-reached"]


class Share(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What one worker of a case is due of an item."""

    member_id: UUID
    amount: Money


class RemedyShared(CaseEvent, frozen=True, kw_only=True):
    """So much of an item is due to each of these workers; a later word stands in the place of the earlier one."""

    TOPIC: ClassVar[str] = "cases.remedy-shared"
    item_id: UUID
    shares: tuple[Share, ...]


class WorkerPaid(CaseEvent, frozen=True, kw_only=True):
    """One worker got this payment; it is a part of what the report of the item beside it says, not more money."""

    TOPIC: ClassVar[str] = "cases.worker-paid"
    item_id: UUID
    member_id: UUID
    amount: Money


class RemedyCounted(CaseEvent, frozen=True, kw_only=True):
    """So many documents, sites, services, workers or employers of an item are done in all."""

    TOPIC: ClassVar[str] = "cases.remedy-counted"
    item_id: UUID
    unit: CountedUnit
    count: int


class RecheckScheduled(CaseEvent, frozen=True, kw_only=True):
    """A verified remedy is looked at again at this time."""

    TOPIC: ClassVar[str] = "cases.recheck-scheduled"
    item_id: UUID
    recheck_at: Instant


class RemedyRechecked(CaseEvent, frozen=True, kw_only=True):
    """The workers were asked whether a remedy lasted. One that did not is refuted, and its case goes on."""

    TOPIC: ClassVar[str] = "cases.remedy-rechecked"
    item_id: UUID
    outcome: RecheckOutcome
    attempts: int | None = None
    statement: Personal | None = None


EVENTS: tuple[type[Event], ...] = (RemedyShared, WorkerPaid, RemedyCounted, RecheckScheduled, RemedyRechecked)
