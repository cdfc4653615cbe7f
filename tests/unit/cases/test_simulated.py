"""Simulated histories: the same for the same seed, in order, folded without complaint, and gone on with when broken."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from services.cases.application import case_number, index, simulate
from services.cases.application.lives import EMPLOYERS, Plan, history
from services.cases.application.streams import CASE
from shared.errors import ConflictError
from shared.events.cases import CaseClosed, CaseEvent, CaseOpened
from shared.events.clocks import ClockStarted
from shared.eventstore.open import open_store
from shared.eventstore.sqlite import SqliteEventStore

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
PLAN = Plan(7, 300, UNTIL, case_number)


def test_the_same_seed_tells_the_same_history_and_another_one_does_not() -> None:
    assert list(history(PLAN)) == list(history(PLAN))
    other = Plan(8, 300, UNTIL, case_number)
    assert {fact.stream_id for fact in history(PLAN)}.isdisjoint({fact.stream_id for fact in history(other)})


def test_facts_come_in_the_order_of_their_time_and_none_lies_in_the_future() -> None:
    facts = list(history(PLAN))
    assert all(one.at <= two.at for one, two in pairwise(facts))
    assert facts[-1].at < UNTIL
    versions = Counter[object]()
    for fact in facts:
        assert fact.version == versions[fact.stream_id]
        versions[fact.stream_id] += 1


def test_every_case_that_is_not_closed_has_a_clock_that_still_runs() -> None:
    facts = list(history(PLAN))
    opened = {fact.stream_id for fact in facts if isinstance(fact.event, CaseOpened)}
    closed = {fact.stream_id for fact in facts if isinstance(fact.event, CaseClosed)}
    clocks = [fact.event for fact in facts if isinstance(fact.event, ClockStarted)]
    assert len(opened) == 300
    assert {clock.case_id for clock in clocks} == opened - closed != set()
    assert all(UNTIL <= clock.due_at <= UNTIL + timedelta(days=60) for clock in clocks)


async def test_what_was_broken_off_goes_on_to_the_same_end(tmp_path: Path) -> None:
    whole, broken = open_store(tmp_path / "whole", "cases", index), open_store(tmp_path / "broken", "cases", index)
    with pytest.raises(InterruptedError):
        await simulate(broken, seed=7, cases=300, until=UNTIL, advance=_Breaking())
    begun = await broken.head()
    heard = Counter[str]()
    written = await simulate(broken, seed=7, cases=300, until=UNTIL, advance=lambda more: heard.update(cases=more))
    assert 0 < begun < await broken.head() == begun + written
    assert heard["cases"] == 300
    assert await simulate(whole, seed=7, cases=300, until=UNTIL, advance=lambda _more: None) == await broken.head()
    assert await simulate(whole, seed=7, cases=300, until=UNTIL, advance=lambda _more: None) == 0
    assert await told(whole) == await told(broken)
    assert len(await told(whole)) == sum(1 for _ in history(PLAN)) > EMPLOYERS
    for store in (whole, broken):
        store.close()


async def test_the_domain_folds_every_simulated_case(tmp_path: Path) -> None:
    store = open_store(tmp_path, "cases", index)
    await simulate(store, seed=7, cases=300, until=UNTIL, advance=lambda _more: None)
    facts = await store.read(0, 10_000)
    cases = {fact.envelope.stream_id for fact in facts if isinstance(fact.event, CaseEvent)}
    folded = [CASE.fold(await store.stream(case_id)) for case_id in cases]
    states = Counter(case.state for case in folded if case is not None)
    assert states["closed"] > 250
    assert sum(states.values()) == 300
    store.close()


async def test_a_record_of_anything_else_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path, "cases", index)
    await simulate(store, seed=7, cases=30, until=UNTIL, advance=lambda _more: None)
    with pytest.raises(ConflictError, match="empty folder"):
        await simulate(store, seed=8, cases=30, until=UNTIL, advance=lambda _more: None)
    store.close()


async def told(store: SqliteEventStore) -> list[tuple[object, ...]]:
    return [
        (fact.envelope.stream_id, fact.envelope.stream_version, fact.envelope.occurred_at, fact.event)
        for fact in await store.read(0, 10_000)
    ]


class _Breaking:
    """A caller that is interrupted after the first batch."""

    def __call__(self, _more: int) -> None:
        raise InterruptedError
