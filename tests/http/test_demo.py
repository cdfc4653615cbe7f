"""The demo fills the real system through its API, and a second time adds nothing."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from shared.cli.demo import DemoResult, fill
from shared.cli.progress import Silent
from shared.clock import system_clock
from shared.errors import ConflictError, TryLaterError
from tests.support.app import System


class Counted(Silent):
    """Progress that is written down."""

    def __init__(self) -> None:
        self.total = self.done = 0

    def begin(self, what: str, total: int) -> None:
        assert what
        self.total = total

    def advance(self, steps: int = 1) -> None:
        self.done += steps


def played(system: System, seed: int, now: datetime, progress: Counted | None = None, size: int = 40) -> DemoResult:
    return asyncio.run(
        fill(
            base_url="http://demo",
            keys=(system.admin.key, system.supervisor.key),
            seed=seed,
            size=size,
            progress=progress or Counted(),
            now=now,
            transport=httpx.ASGITransport(system.http.app),
        )
    )


def facts_on_record(system: System) -> dict[str, int]:
    return {name: asyncio.run(system.house.stores[name].head()) for name in ("intake", "cases")}


BY_TIME = {"system:clocks", "system:questions"}


def facts_played(system: System) -> dict[str, int]:
    """Count what is on record, but for what the passing of time adds by itself."""
    facts = {name: asyncio.run(system.house.stores[name].read(0, 100_000)) for name in ("intake", "cases")}
    return {name: sum(one.envelope.actor.id not in BY_TIME for one in of_it) for name, of_it in facts.items()}


def cases_shown(system: System) -> list[dict[str, Any]]:
    position = f"cases:{facts_on_record(system)['cases']}"
    answer = system.admin.get("/cases/v1/cases", wait=position, limit=200)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_year_is_played_and_played_again_it_adds_nothing(system: System) -> None:
    now, heard = system_clock(), Counted()
    result = played(system, 7, now, heard)
    assert 40 <= result.messages <= 45
    assert result.cases >= 12
    assert result.steps > 80
    assert result.repeated == 0
    assert heard.done == heard.total
    assert "http://demo/" in result.look_at
    before = facts_played(system)

    again = played(system, 7, now + timedelta(days=2))
    assert (again.messages, again.cases, again.dismissed, again.linked, again.steps) == (0, 0, 0, 0, 0)
    assert again.repeated == heard.total
    assert facts_played(system) == before


def test_a_larger_year_adds_only_what_is_new(system: System) -> None:
    now = system_clock()
    small = played(system, 8, now, size=15)
    large = played(system, 8, now, size=30)
    assert 0 < large.messages < 30
    assert large.repeated >= small.messages


def test_what_the_demo_tells_lies_in_the_past_year(system: System) -> None:
    played(system, 9, system_clock(), size=20)
    opened = [case["opened_at"] for case in cases_shown(system)]
    assert min(opened) >= (system_clock() - timedelta(days=366)).isoformat()
    assert len({moment[:7] for moment in opened}) >= 6


def test_a_key_that_may_not_write_is_told_as_it_is(system: System) -> None:
    with pytest.raises(ConflictError, match="403"):
        asyncio.run(
            fill(
                base_url="http://demo",
                keys=(system.auditor.key, system.auditor.key),
                seed=1,
                progress=Silent(),
                now=system_clock(),
                transport=httpx.ASGITransport(system.http.app),
            )
        )


def test_a_system_that_does_not_run_is_told_with_how_to_start_it() -> None:
    with pytest.raises(TryLaterError, match="make run"):
        asyncio.run(
            fill(
                base_url="http://127.0.0.1:9",
                keys=("a", "b"),
                seed=1,
                progress=Silent(),
                now=system_clock(),
            )
        )
