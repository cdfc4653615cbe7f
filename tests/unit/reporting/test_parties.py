"""Figures of organisations: fees by corridor and recruiter, workers covered; against a count in plain Python."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.reporting.views.facts import CaseFacts
from shared.events import cases, parties, remedying, together
from shared.events.envelope import Event
from tests.unit.reporting.figuring import Desk, folded, organisations
from tests.unit.reporting.lives import NAMES, START, Fee, Life, Log, hour, lives, tell

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CASE, OTHER, ITEM = UUID(int=1), UUID(int=2), UUID(int=3)
FIRST, SECOND, THIRD = (uuid5(NAMES, name) for name in ("worker-1", "worker-2", "worker-3"))
DAYS = (NOW.date() - START.date()).days

drawn = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder: Path = tmp_path_factory.mktemp("figures")
    return Desk(folder)


def register(log: Log, names: Sequence[str], *, merged: Mapping[str, str]) -> None:
    """Make recruiters known; some of them turn out to be others."""
    for name in names:
        log.tell(uuid5(NAMES, name), cases.OrganisationRegistered(name=name, kind="recruiter", country="TH"), START)
    for name, survivor in merged.items():
        log.tell(
            uuid5(NAMES, name), parties.OrganisationMerged(survivor_id=uuid5(NAMES, survivor), reason="same"), hour(1)
        )


@drawn
@given(told=lives(), merged=st.sampled_from([{}, {"Beta": "Alpha"}]))
def test_fees_stand_by_corridor_recruiter_and_year(desk: Desk, told: Sequence[Life], merged: Mapping[str, str]) -> None:
    log = Log("cases")
    register(log, ["Alpha", "Beta"], merged=merged)
    expected: dict[tuple[str, str, str | None, str], list[Fee]] = defaultdict(list)
    for life in told:
        tell(log, life)
        for fee in life.fees:
            agent = None if fee.recruiter is None else merged.get(fee.recruiter, fee.recruiter)
            year = str((START + timedelta(days=fee.day)).year)
            expected[fee.currency, "-".join(fee.countries), agent, year].append(fee)

    rows = desk.ask(
        "recruitment-fees",
        ["currency", "corridor", "agent", "year"],
        cases=folded(log.facts),
        organisations=organisations(log.facts),
        at=NOW,
    )

    found = {(row["currency"], row["corridor"], row["agent"], row["year"]): row for row in rows}
    assert set(found) == set(expected)
    for key, fees in expected.items():
        row, paying = found[key], sum(fee.workers for fee in fees)
        mean = sum((fee.amount * fee.workers for fee in fees), Decimal(0)) / paying
        assert (row["reports"], row["workers_paying"]) == (len(fees), paying)
        assert abs(row["mean"] - mean.quantize(Decimal("0.01"), ROUND_HALF_UP)) <= Decimal("0.01")
        assert abs(row["median"] - median(fee.amount for fee in fees)) <= Decimal("0.01")


counts = st.lists(st.tuples(st.integers(0, DAYS + 60), st.integers(1, 5000)), max_size=3)


@drawn
@given(sites=st.lists(st.tuples(st.sampled_from(["Alpha", "Beta"]), counts), max_size=4), merged=st.booleans())
def test_workers_covered_are_those_of_the_latest_count_of_each_site(
    desk: Desk, sites: Sequence[tuple[str, Sequence[tuple[int, int]]]], *, merged: bool
) -> None:
    log = Log("cases")
    register(log, ["Alpha", "Beta"], merged={"Beta": "Alpha"} if merged else {})
    expected: dict[str, list[int | None]] = defaultdict(list)
    for place, (name, counted) in enumerate(sites):
        known: dict[date, int] = {}
        site = uuid5(NAMES, f"site-{place}")
        log.tell(uuid5(NAMES, name), parties.SiteRegistered(site_id=site, name=f"Plant {place}"), hour(2))
        for day, workers in counted:
            on = START.date() + timedelta(days=day)
            count = parties.HeadcountRecorded(site_id=site, workers=workers, counted_on=on)
            log.tell(uuid5(NAMES, name), count, hour(3))
            if on <= NOW.date():
                known[on] = workers
        expected["Alpha" if merged else name].append(known[max(known)] if known else None)

    rows = desk.ask("workers-covered", ["organisation"], organisations=organisations(log.facts), at=NOW)

    assert {row["organisation"]: (row["sites"], row["uncounted"], row["workers"]) for row in rows} == {
        name: (len(workers), workers.count(None), sum(filter(None, workers))) for name, workers in expected.items()
    }


def after(*events: Event) -> CaseFacts:
    log = Log("cases")
    log.tell(CASE, cases.CaseOpened(number="RG-1", channel="line", language="my", workers=3), START)
    for place, event in enumerate(events):
        log.tell(CASE, event, hour(place + 1))
    (row,) = folded(log.facts)
    return row


@pytest.mark.parametrize(
    ("told", "workers"),
    [
        ((together.WorkerJoined(member_id=FIRST),), 3),
        ((together.GroupCounted(workers=40),), 40),
        ((together.GroupCounted(workers=1), *(together.WorkerJoined(member_id=one) for one in (FIRST, SECOND))), 2),
        ((together.CaseSplit(other_id=OTHER, workers=2),), 1),
        ((together.GroupCounted(workers=9), together.CaseSplit(other_id=OTHER, workers=2)), 7),
        ((together.CaseAbsorbed(other_id=OTHER, workers=12),), 12),
        ((together.CaseAbsorbed(other_id=OTHER, workers=12), together.AbsorptionUndone(other_id=OTHER)), 3),
        (
            (
                *(together.WorkerJoined(member_id=one) for one in (FIRST, SECOND)),
                together.CaseAbsorbed(other_id=OTHER, workers=2, members=(SECOND, THIRD)),
                together.WorkerLeft(member_id=FIRST),
            ),
            3,
        ),
    ],
)
def test_a_worker_of_cases_that_belong_together_counts_once(told: Sequence[Event], workers: int) -> None:
    assert after(*told).workers == workers


def test_a_case_that_was_merged_counts_its_workers_in_the_other(desk: Desk) -> None:
    merged = after(together.CaseMerged(survivor_id=OTHER, reason="the same strike"))
    parted = after(
        together.CaseMerged(survivor_id=OTHER, reason="same"), together.CaseUnmerged(survivor_id=OTHER, reason="not")
    )

    assert desk.ask("workers", ["total"], cases=[merged]) == []
    assert desk.ask("workers", ["total"], cases=[parted])[0]["affected"] == 3


def test_a_count_of_workers_stands_in_the_place_of_what_the_plan_said() -> None:
    plan = cases.RemedyPlanAgreed(
        items=(cases.RemedyItem(item_id=ITEM, remedy="RM-DOC", owner="employer", due_on=START.date(), workers=3),),
        complainant_consulted=True,
    )

    (item,) = after(plan, remedying.RemedyCounted(item_id=ITEM, unit="workers", count=17)).remedies

    assert item.workers == 17
