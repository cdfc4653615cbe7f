"""Questions asked by rule on a running system: at their time, once, across restarts, and never past a closed gate."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.__main__ import BUILDERS
from shared.embedded import open_embedded
from shared.events.questions import QuestionAsked
from shared.service import Service
from tests.http.asking_desk import answered, promised, wrote
from tests.http.cases_desk import ROOT, do, show
from tests.support.app import System, embedded, running
from tests.unit.notify.given import SetClock

START = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(START)


@pytest.fixture
def system(tmp_path: Path, clock: SetClock) -> Iterator[System]:
    with running(embedded(tmp_path, clock)) as started:
        yield started


async def _done(round_: Awaitable[None]) -> None:
    await round_


def once_of(cases: Service) -> Callable[[], Awaitable[None]]:
    (once,) = [once for name, once, _ in cases.background if name == "questions"]
    return once


def said(system: System, case_id: str, kind: str) -> list[Any]:
    history = system.operator.get(f"{ROOT}/cases/{case_id}/events").json()["items"]
    return [one for one in history if one["envelope"]["type"] == kind]


def settle(system: System) -> None:
    head = asyncio.run(system.house.stores["cases"].head())
    assert system.operator.get(f"{ROOT}/cases", wait=f"cases:{head}").status_code == 200


def wake(system: System) -> None:
    """Carry out one round of the rules, beside the one that runs by itself."""
    settle(system)
    asyncio.run(_done(once_of(system.house.services["cases"])()))
    settle(system)


def kinds(system: System, case_id: str) -> list[str]:
    return [one["kind"] for one in show(system.operator, case_id)["questions"]]


def planned(system: System, case_id: str) -> dict[str, Any]:
    return {one["kind"]: one["ask_at"][:10] for one in show(system.operator, case_id)["planned_questions"]}


def test_a_rule_asks_whether_the_remedy_came_once_and_the_answer_plans_the_next(
    system: System, clock: SetClock
) -> None:
    case_id, item_id = promised(system, "by-rule-1")
    assert planned(system, case_id) == {"remedy-arrived": "2026-03-05"}
    clock.now = START + timedelta(days=2)
    wake(system)
    assert kinds(system, case_id) == []
    clock.now = START + timedelta(days=4)
    for _ in range(3):
        wake(system)
    (asked,) = show(system.operator, case_id)["questions"]
    assert (asked["kind"], asked["item_id"]) == ("remedy-arrived", item_id)
    (fact,) = said(system, case_id, "cases.question-asked")
    assert fact["envelope"]["actor"]["id"] == "system:questions"

    wrote(system, "by-rule-1", "1")
    case = answered(system, case_id)
    assert case["remedies"][0]["status"] == "verified"
    (last,) = case["planned_questions"]
    assert (last["kind"], last["policy"]) == ("remedy-lasts", "ngo-hotline 2026.3")
    do(system.supervisor, case_id, "close", reason="remedied", explanation="Paid, as the worker says.")
    assert planned(system, case_id) == {"remedy-lasts": "2026-06-02", "satisfaction": "2026-03-13"}
    clock.now += timedelta(days=8)
    wake(system)
    assert kinds(system, case_id) == ["remedy-arrived", "satisfaction"]


def test_what_was_due_while_nothing_ran_is_asked_once_afterwards(tmp_path: Path, clock: SetClock) -> None:
    with running(embedded(tmp_path, clock)) as system:
        case_id, _ = promised(system, "by-rule-3")
    clock.now = START + timedelta(days=30)
    counted = [asyncio.run(restarted(tmp_path, clock, UUID(case_id))) for _ in range(2)]
    assert counted == [1, 1]


async def restarted(folder: Path, clock: SetClock, case_id: UUID) -> int:
    """Open the folder again, do what there is to do, close it, and count what was asked."""
    opened = open_embedded(folder, BUILDERS, clock)
    await opened.host.prepare()
    await opened.host.drain()
    await once_of(opened.services["cases"])()
    await opened.host.drain()
    facts = await opened.stores["cases"].stream(case_id)
    opened.close()
    return sum(isinstance(one.event, QuestionAsked) for one in facts)


def test_whom_no_machine_may_write_to_a_person_is_to_ask(system: System, clock: SetClock) -> None:
    case_id, _ = promised(system, "by-rule-2")
    shared = {"channel": "webhook", "address": "http://127.0.0.1:9/nobody-listens", "language": "th", "shared": True}
    do(system.operator, case_id, "safe-contact", safe_contact=shared)
    clock.now += timedelta(days=4)
    for _ in range(3):
        wake(system)
    case = show(system.operator, case_id, unsealed=True)
    assert (case["questions"], case["planned_questions"]) == ([], [])
    (task,) = case["tasks"]
    assert (task["what"], task["assignee"]) == (
        "Ask the complainant in person whether the remedy arrived.",
        "desk-of-mae-sot",
    )
    (fact,) = said(system, case_id, "cases.question-withheld")
    assert fact["data"]["because"] == "safe-channel"
