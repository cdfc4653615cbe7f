"""Every figure's SQL against a count in plain Python over drawn lives of cases."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.reporting.figuring import Desk, contacts, folded
from tests.unit.reporting.lives import LEVELS, Life, Log, hour, lives, message, tell

NOW = datetime(2026, 6, 1, tzinfo=UTC)

drawn = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder: Path = tmp_path_factory.mktemp("figures")
    return Desk(folder)


def ask(desk: Desk, report: str, group_by: str, told: Sequence[Life]) -> list[dict[str, Any]]:
    log = Log("cases")
    for life in told:
        tell(log, life)
    return desk.ask(report, group_by.split(","), cases=folded(log.facts), at=NOW)


def month(at: datetime) -> str:
    return f"{at:%Y-%m}"


def quarter(at: datetime) -> str:
    return f"{at.year}-Q{(at.month + 2) // 3}"


@drawn
@given(told=lives(), heard=st.lists(st.tuples(st.sampled_from(["line", "sms"]), st.integers(0, 9000)), max_size=6))
def test_volume_counts_contacts_cases_and_workers_by_month_and_channel(
    desk: Desk, told: Sequence[Life], heard: Sequence[tuple[str, int]]
) -> None:
    cases, inbox = Log("cases"), Log("intake")
    for life in told:
        tell(cases, life)
    for number, (channel, at) in enumerate(heard):
        message(inbox, number, channel, hour(at))
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for channel, at in heard:
        expected[month(hour(at)), channel][0] += 1
    for life in told:
        expected[month(hour(life.opened)), life.channel][1] += 1
        expected[month(hour(life.opened)), life.channel][2] += life.workers

    rows = desk.ask("volume", ["month", "channel"], cases=folded(cases.facts), contacts=contacts(inbox.facts))

    assert [(*key, *counts) for key, counts in sorted(expected.items())] == [tuple(row.values()) for row in rows]


@drawn
@given(told=lives())
def test_issues_count_a_case_once_in_each_group_it_belongs_to(desk: Desk, told: Sequence[Life]) -> None:
    expected: Counter[tuple[str | None, str | None]] = Counter()
    for life in told:
        severity = None if life.triaged is None else life.severity
        expected.update((issue, severity) for issue in life.issues or (None,))

    rows = ask(desk, "issues", "issue,severity", told)

    assert {(row["issue"], row["severity"]): row["cases"] for row in rows} == expected
    assert sum(row["mentions"] for row in rows) == sum(len(life.issues) for life in told)


@drawn
@given(told=lives())
def test_issues_by_severity_never_count_a_case_twice(desk: Desk, told: Sequence[Life]) -> None:
    expected = Counter(None if life.triaged is None else life.severity for life in told)

    rows = ask(desk, "issues", "severity", told)

    assert {row["severity"]: row["cases"] for row in rows} == expected
    assert sum(row["workers"] for row in rows) == sum(life.workers for life in told)


@drawn
@given(told=lives())
def test_time_to_close_has_a_span_for_every_closed_case_and_counts_open_ones_apart(
    desk: Desk, told: Sequence[Life]
) -> None:
    days = [(life.closed - life.opened) // 24 for life in told if life.closed is not None and not life.reopened]

    rows = ask(desk, "time-to-close", "total", told)

    assert len(rows) == bool(told)
    for row in rows:
        assert (row["closed"], row["still_open"]) == (len(days), len(told) - len(days))
        assert row["median_days"] == (Decimal(str(median(days))) if days else None)
        assert sum(count for name, count in row.items() if name.startswith(("days_", "same_"))) == len(days)
        assert row["same_day"] == days.count(0)
        assert row["days_181_to_360"] == sum(181 <= day <= 360 for day in days)


@drawn
@given(told=lives())
def test_overdue_counts_the_open_duties_of_open_cases_that_are_past_their_time(
    desk: Desk, told: Sequence[Life]
) -> None:
    duties = [duty for life in told if life.open_now for duty in _duties(life)]
    expected = {
        kind: (
            sum(1 for name, _ in duties if name == kind),
            sum(1 for name, due in duties if name == kind and due < NOW),
        )
        for kind in {name for name, _ in duties}
    }

    rows = ask(desk, "overdue", "duty", told)

    assert {row["duty"]: (row["open_duties"], row["overdue"]) for row in rows} == expected


@drawn
@given(told=lives())
def test_money_keeps_currencies_measures_and_penalties_apart(desk: Desk, told: Sequence[Life]) -> None:
    expected: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for promise in (promise for life in told for promise in life.promises):
        paid = Decimal(0) if promise.ending == "refuted" else sum(promise.payments, Decimal(0))
        sums = expected[promise.currency]
        if promise.remedy == "RM-PEN":
            sums["penalty_assessed"] += promise.assessed or 0
            sums["penalty_paid"] += paid
            continue
        sums["claimed"] += promise.claimed or 0
        sums["assessed"] += promise.assessed or 0
        sums["paid"] += paid
        sums["verified"] += paid if promise.ending == "verified" else 0
        due = promise.assessed or promise.claimed
        sums["promises"] += due is not None
        sums["paid_in_full"] += due is not None and paid >= due

    rows = ask(desk, "money", "currency", told)

    assert {row["currency"] for row in rows} >= {currency for currency, sums in expected.items() if any(sums.values())}
    for row in rows:
        currency = row.pop("currency")
        assert row == {name: expected[currency][name] for name in row}


@drawn
@given(told=lives())
def test_responsiveness_is_the_share_of_requests_of_a_quarter_answered_in_time(
    desk: Desk, told: Sequence[Life]
) -> None:
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for request in (request for life in told for request in life.requests):
        if request.answered is None and hour(request.due) >= NOW:
            continue
        counts = expected[quarter(hour(request.due)), request.organisation]
        counts[0] += 1
        counts[1] += request.answered is not None
        counts[2] += request.answered is not None and request.answered <= request.due

    rows = ask(desk, "responsiveness", "quarter,organisation", told)

    assert {
        (row["quarter"], row["organisation"]): [row["requests"], row["answered"], row["in_time"]] for row in rows
    } == expected
    for row in rows:
        share = Decimal(100 * row["in_time"]) / row["requests"]
        assert row["percent_in_time"] == share.quantize(Decimal("0.1"), ROUND_HALF_UP)


@drawn
@given(told=lives())
def test_disposition_tells_why_closed_cases_are_closed(desk: Desk, told: Sequence[Life]) -> None:
    closed = Counter(life.reason for life in told if not life.open_now)

    rows = ask(desk, "disposition", "state,close_reason", told)

    assert {row["close_reason"]: row["cases"] for row in rows if row["state"] == "closed"} == closed
    assert sum(row["cases"] for row in rows) == len(told)
    assert sum(row["reopened"] for row in rows) == sum(life.closed is not None and life.reopened for life in told)


@drawn
@given(told=lives())
def test_escalation_counts_a_case_at_its_highest_level_only(desk: Desk, told: Sequence[Life]) -> None:
    highest = Counter(
        max((request.level for request in life.requests), key=LEVELS.index) for life in told if life.requests
    )
    sent = Counter(request.level for life in told for request in life.requests)

    rows = ask(desk, "escalation", "level", told)

    assert {row["level"]: row["cases"] for row in rows if row["cases"]} == highest
    assert {row["level"]: row["requests"] for row in rows} == sent


def _duties(life: Life) -> Iterator[tuple[str, datetime]]:
    if life.acknowledge_by is not None and life.acknowledged is None:
        yield "acknowledge", hour(life.acknowledge_by)
    if life.triaged is not None and life.assess_by is not None and life.assigned is None and not life.requests:
        yield "assess", hour(life.assess_by)
    for request in life.requests:
        if request.answered is None:
            yield "answer", hour(request.due)
    for promise in life.promises:
        if not promise.complete or promise.ending == "refuted":
            yield "remedy", datetime.combine(promise.due, time(), UTC) + timedelta(days=1)
