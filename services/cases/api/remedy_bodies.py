"""Bodies of the commands from the plan to the end of the case."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.cases.api.words import ITEM, CommandBody, GuardedBody, ItemId, Plainly, RemedyCode, example
from services.cases.domain.commands import VerificationOutcome
from shared.events.cases import CloseReason
from shared.web.commands import Body
from shared.web.fields import Line, MoneyField, Prose, Workers

_MOST_ITEMS = 100


class PlannedItemBody(Body):
    """One promise: what, by whom, until when, for how many, and how much."""

    remedy: RemedyCode
    owner: Annotated[Line, Field(description="Who must do it.")]
    due_on: date
    workers: Workers = 1
    claimed: MoneyField | None = None
    assessed: MoneyField | None = None
    description: Line | None = None


class PlanBody(GuardedBody):
    """A remedy plan on which the complainant was consulted."""

    model_config = example(
        complainant_consulted=True,
        items=[
            {
                "remedy": "RM-FEE",
                "owner": "Golden Prawn Co., Ltd.",
                "due_on": "2026-04-30",
                "workers": 12,
                "claimed": {"amount": "180000.00", "currency": "THB"},
                "assessed": {"amount": "165000.00", "currency": "THB"},
            },
            {"remedy": "RM-DOC", "owner": "Golden Prawn Co., Ltd.", "due_on": "2026-04-07", "workers": 12},
        ],
    )

    items: Annotated[tuple[PlannedItemBody, ...], Field(min_length=1, max_length=_MOST_ITEMS)]
    complainant_consulted: Plainly


class CompleteItemBody(CommandBody):
    """A report that an item is done, or partly paid."""

    model_config = example(
        item_id=ITEM,
        evidence="Bank receipts of 12 April, seen by the union.",
        complete=True,
        paid={"amount": "165000.00", "currency": "THB"},
        workers=12,
    )

    item_id: ItemId
    evidence: Annotated[Line, Field(description="What shows it.")]
    complete: Annotated[Plainly, Field(description="False: a part, more is to come.")] = True
    paid: Annotated[
        MoneyField | None, Field(description="This payment, not the running sum. Needed where the remedy is money.")
    ] = None
    workers: Annotated[Workers | None, Field(description="How many workers it reached.")] = None


class VerifyItemBody(GuardedBody):
    """The worker's own word, or the safe attempts that failed to get it."""

    model_config = example(item_id=ITEM, outcome="confirmed", statement="I got all of it back.")

    item_id: ItemId
    outcome: VerificationOutcome
    statement: Prose | None = None


class CloseBody(GuardedBody):
    """Why the case ends."""

    model_config = example(reason="remedied", explanation="All fees were repaid; every worker confirmed.")

    reason: CloseReason
    explanation: Prose
    surviving_case_id: Annotated[UUID | None, Field(description="For a duplicate: the case that goes on.")] = None


class ReopenBody(CommandBody):
    """Why the case is taken up again."""

    model_config = example(reason="The second instalment never came.")

    reason: Line
