"""Routes of remedies beyond the plan."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from services.cases.api.doing import CommandRoute, command_routes
from services.cases.api.words import ITEM, CommandBody, GuardedBody, ItemId, example
from services.cases.application import Remedying
from services.cases.domain import lasting
from shared.events.remedying import CountedUnit, RecheckOutcome
from shared.web.commands import Body
from shared.web.fields import Line, MoneyField, Prose

_SHARE = {"member_id": ITEM, "amount": {"amount": "5000.00", "currency": "THB"}}


class ShareField(Body):
    """What one worker is due."""

    member_id: UUID
    amount: MoneyField


class ShareItemBody(CommandBody):
    """How much of an item each worker is due."""

    model_config = example(item_id=ITEM, shares=[_SHARE])

    item_id: ItemId
    shares: Annotated[tuple[ShareField, ...], Field(min_length=1, max_length=1000)]


class PayWorkerBody(CommandBody):
    """What one worker got."""

    model_config = example(item_id=ITEM, **_SHARE, evidence="Signed receipt of 12 April.")

    item_id: ItemId
    member_id: UUID
    amount: MoneyField
    evidence: Line


class CountItemBody(CommandBody):
    """How many units are done in all."""

    model_config = example(item_id=ITEM, unit="documents", count=12)

    item_id: ItemId
    unit: CountedUnit
    count: Annotated[int, Field(ge=0, le=1_000_000)]


class RecheckItemBody(GuardedBody):
    """Whether it lasted, in the workers' word."""

    model_config = example(item_id=ITEM, outcome="lasts", statement="We still hold our passports.")

    item_id: ItemId
    outcome: RecheckOutcome
    statement: Annotated[Prose | None, Field(description="Needed for 'relapsed'.")] = None


COMMANDS: Sequence[CommandRoute] = (
    CommandRoute("share-item", ShareItemBody, lasting.ShareItem, Remedying.share),
    CommandRoute("pay-worker", PayWorkerBody, lasting.PayWorker, Remedying.pay),
    CommandRoute("count-item", CountItemBody, lasting.CountItem, Remedying.count),
    CommandRoute("recheck-item", RecheckItemBody, lasting.RecheckItem, Remedying.recheck),
)


def remedy_routes(doer: Remedying) -> APIRouter:
    """Return every route of this kind."""
    return command_routes(doer, COMMANDS)
