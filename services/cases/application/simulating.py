"""Writing a simulated history into an empty record, a batch a transaction; broken off, it goes on where it stopped."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from services.cases.application.lives import Dated, Plan, history
from services.cases.application.numbering import case_number
from shared.errors import ConflictError
from shared.events.cases import CaseOpened
from shared.events.envelope import Actor
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id

BATCH = 1000
"""Facts in one transaction."""
DESK = Actor("simulated-desk", "system")


async def simulate(store: EventStore, *, seed: int, cases: int, until: datetime, advance: Callable[[int], None]) -> int:
    """Write what is missing of a history, and return how many facts that was; `advance` hears of cases opened.

    A `ConflictError` where the record holds anything else than the beginning of this history.
    """
    plan = Plan(seed, cases, until, case_number)
    facts, known = history(plan), await store.head()
    await _demand_its_beginning(store, known, _passed_over(known, facts, advance))
    written = 0
    while batch := list(islice(facts, BATCH)):
        await store.execute(lambda unit, batch=batch: _append(unit, batch, plan))  # type: ignore[misc]  # bound default
        written += len(batch)
        advance(_opened(batch))
    return written


def _passed_over(known: int, facts: Iterator[Dated], advance: Callable[[int], None]) -> Dated | None:
    """Go past so many facts, and return the last of them."""
    last: Dated | None = None
    for last in islice(facts, known):
        advance(_opened([last]))
    return last


async def _demand_its_beginning(store: EventStore, known: int, last: Dated | None) -> None:
    there = await store.read(known - 1, 1) if known else ()
    if [(one.envelope.stream_id, one.envelope.stream_version) for one in there] != (
        [(last.stream_id, last.version + 1)] if last else []
    ):
        raise ConflictError(
            "The record holds other facts than the beginning of this simulation: name an empty folder with --data, "
            "or the same --seed, --cases and --until that it was begun with."
        )


def _opened(facts: Sequence[Dated]) -> int:
    return sum(isinstance(fact.event, CaseOpened) for fact in facts)


def _append(unit: UnitOfWork, batch: Sequence[Dated], plan: Plan) -> None:
    for fact in batch:
        thread = derived_id("simulated-thread", str(plan.seed), str(fact.stream_id))
        context = CommandContext(actor=DESK, now=fact.at, correlation_id=thread)
        unit.append(fact.stream_id, fact.version, [fact.event], context)
