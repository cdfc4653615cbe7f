"""Clocks on a running system: each is missed once, at its instant, across restarts, and tells why."""

import asyncio
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.__main__ import BUILDERS
from services.cases.domain.clocks import clocks_of
from shared.embedded import open_embedded
from shared.events import clocks as told
from tests.http.cases_desk import BRIEF, ROOT, TRIAGE, do, open_case, register
from tests.support.app import System, embedded, running
from tests.unit.notify.given import SetClock

START = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)


async def _done(round_: Awaitable[None]) -> None:
    await round_


@contextmanager
def house(folder: Path, clock: SetClock) -> Iterator[System]:
    with running(embedded(folder, clock)) as system:
        yield system


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def system(tmp_path: Path, clock: SetClock) -> Iterator[System]:
    with house(tmp_path, clock) as started:
        yield started


def settle(system: System) -> None:
    """Wait until the views have everything that is on record."""
    head = asyncio.run(system.house.stores["cases"].head())
    assert system.operator.get(f"{ROOT}/cases", wait=f"cases:{head}").status_code == 200


def wake(system: System) -> None:
    """Carry out one round of the scheduler, beside the one that runs by itself."""
    settle(system)
    (once,) = [once for name, once, _ in system.house.services["cases"].background if name == "clocks"]
    asyncio.run(_done(once()))
    settle(system)


def missed(system: System, case_id: str) -> list[Any]:
    facts = asyncio.run(system.house.stores["cases"].stream(clocks_of(UUID(case_id))))
    return [one for one in facts if isinstance(one.event, told.ClockMissed)]


async def restarted(folder: Path, clock: SetClock, cases: list[str]) -> list[list[Any]]:
    """Open the folder again, do what there is to do, close it, and return the misses of each case."""
    opened = open_embedded(folder, BUILDERS, clock)
    await opened.host.prepare()
    await opened.host.drain()
    (once,) = [once for name, once, _ in opened.services["cases"].background if name == "clocks"]
    await once()
    streams = [await opened.stores["cases"].stream(clocks_of(UUID(case_id))) for case_id in cases]
    opened.close()
    return [[one for one in facts if isinstance(one.event, told.ClockMissed)] for facts in streams]


def clocks(system: System, case_id: str) -> dict[str, Any]:
    shown = system.operator.get(f"{ROOT}/cases/{case_id}/clocks").json()
    return {item["duty"]: item for item in shown["items"]}


def test_a_clock_is_missed_once_at_its_instant_and_tells_why_nobody_was_asked(system: System, clock: SetClock) -> None:
    case_id = open_case(system.operator)
    assert clocks(system, case_id)["acknowledge"]["state"] == "running"
    clock.now = START + timedelta(days=7)
    wake(system)
    assert missed(system, case_id) == []
    clock.now += timedelta(hours=5)
    for _ in range(3):
        wake(system)
    (miss,) = missed(system, case_id)
    assert miss.envelope.occurred_at == START + timedelta(days=7)
    assert miss.envelope.actor.id == "system:clocks"
    shown = clocks(system, case_id)["acknowledge"]
    assert (shown["state"], shown["overdue"], shown["consequence"]) == ("missed", True, "alerted")
    assert any("supervisor is alerted" in sentence for sentence in shown["why"])


def test_a_missed_clock_leaves_what_a_handler_has_in_hand_up_to_date(system: System, clock: SetClock) -> None:
    case_id = open_case(system.operator)
    read = system.operator.get(f"{ROOT}/cases/{case_id}").headers["ETag"]
    clock.now += timedelta(days=8)
    wake(system)
    done = system.operator.post(
        f"{ROOT}/cases/{case_id}/acknowledge", {"no_safe_channel_because": "-"}, headers={"If-Match": read}
    )
    assert done.status_code == 200
    shown = clocks(system, case_id)["acknowledge"]
    assert (shown["state"], shown["overdue"]) == ("met", False)
    assert any(sentence.endswith("late.") for sentence in shown["why"])


def test_a_case_that_was_closed_in_time_misses_nothing_until_it_is_reopened(system: System, clock: SetClock) -> None:
    case_id = open_case(system.operator)
    do(system.supervisor, case_id, "close", reason="out_of_scope", explanation="-")
    clock.now += timedelta(days=30)
    wake(system)
    assert missed(system, case_id) == []
    assert clocks(system, case_id)["acknowledge"]["state"] == "paused"
    do(system.operator, case_id, "reopen", reason="New word.")
    wake(system)
    assert len(missed(system, case_id)) == 1


def test_what_was_due_while_nothing_ran_is_missed_at_its_own_instant_oldest_first(
    tmp_path: Path, clock: SetClock
) -> None:
    with house(tmp_path, clock) as system:
        cases = []
        for day in range(3):
            clock.now = START + timedelta(days=day)
            cases.append(open_case(system.operator))
    clock.now = START + timedelta(days=60)
    for _ in range(2):
        misses = asyncio.run(restarted(tmp_path, clock, cases))
    assert [len(of_one) for of_one in misses] == [1, 1, 1]
    assert [of_one[0].envelope.occurred_at for of_one in misses] == [
        START + timedelta(days=7 + day) for day in range(3)
    ]
    assert [of_one[0].position for of_one in misses] == sorted(of_one[0].position for of_one in misses)


def test_an_answer_that_does_not_come_is_missed_and_its_clock_names_escalation_and_party(
    system: System, clock: SetClock
) -> None:
    plant = register(system.operator)
    case_id = open_case(system.operator)
    do(system.operator, case_id, "triage", **TRIAGE)
    do(system.operator, case_id, "consent", recipient=plant, purpose="disclose-facts")
    do(system.operator, case_id, "escalate", organisation_id=plant, level="employer", brief=BRIEF)
    clock.now += timedelta(days=15)
    wake(system)
    shown = clocks(system, case_id)["answer"]
    assert (shown["party"], shown["state"], shown["policy"]) == (plant, "missed", "ngo-hotline 2026.3")
    assert shown["subject"] == system.operator.get(f"{ROOT}/cases/{case_id}").json()["escalations"][0]["escalation_id"]


def test_a_missed_clock_is_told_to_the_office(system: System, clock: SetClock) -> None:
    case_id = open_case(system.operator)
    clock.now = START + timedelta(days=7, hours=5)
    wake(system)
    assert missed(system, case_id)
    assert told_of(system, case_id) == {("overdue", "supervisor")}


def told_of(system: System, case_id: str) -> set[tuple[str, str]]:
    """Return what was said, or was not, because a time passed."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        page = system.supervisor.get("/notify/v1/notifications", case_id=case_id, occasion="overdue").json()
        if page["items"]:
            return {(item["occasion"], item["audience"]) for item in page["items"]}
        time.sleep(0.05)
    return set()
