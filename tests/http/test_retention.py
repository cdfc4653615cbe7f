"""What people said is kept as long as the policy says and no longer, unless something holds it back."""

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.http.cases_desk import HANDLING, ROOT, do
from tests.support.app import System, embedded, running
from tests.unit.notify.given import SetClock

MESSAGE = {"channel": "hotline", "account": "desk", "text": "They keep our passports", "sender": "aye"}
A_YEAR = timedelta(days=366)


async def _done(round_: Awaitable[None]) -> None:
    await round_


class House:
    """A running system whose time is set by hand."""

    def __init__(self, system: System, clock: SetClock) -> None:
        """Take the system and its clock."""
        self.system = system
        self.clock = clock

    def report(self, name: str, **changes: object) -> str:
        taken = self.system.channel.post("/intake/v1/messages", {**MESSAGE, "external_id": name, **changes}).json()
        path = f"/intake/v1/messages/{taken['message_id']}"
        return str(self.system.operator.get(path, wait=taken["position"]).json()["report_id"])

    def dismissed(self, name: str, reason: str = "no-grievance") -> str:
        report_id = self.report(name)
        done = self.system.operator.post(f"/intake/v1/reports/{report_id}/dismiss", {"reason": reason}).json()
        self.system.operator.get("/intake/v1/reports", wait=done["position"])
        return report_id

    def closed(self, name: str, reason: str) -> str:
        done = self.system.operator.post(f"/intake/v1/reports/{self.report(name)}/accept", {}).json()
        self.system.operator.get(f"{ROOT}/cases", wait=done["position"])
        ended = do(self.system.supervisor, done["case_id"], "close", reason=reason, explanation="-")
        self.system.operator.get(f"{ROOT}/cases", wait=ended["position"])
        return str(done["case_id"])

    def later(self, span: timedelta) -> None:
        """Let time pass, then carry out one round of retention and everything that follows from it."""
        self.clock.now += span
        for service in self.system.house.services.values():
            for name, once, _rest in service.background:
                if name == "retire":
                    asyncio.run(_done(once()))
        head = asyncio.run(self.system.house.stores["cases"].head())
        self.system.operator.get("/intake/v1/reports", wait=f"cases:{head}")

    def said(self, report_id: str) -> Any:
        shown = self.system.operator.get(f"/intake/v1/reports/{report_id}", headers=HANDLING).json()
        return shown["messages"][0]["text"]

    def explained(self, case_id: str) -> Any:
        shown = self.system.operator.get(f"{ROOT}/cases/{case_id}", headers=HANDLING).json()
        return shown["closures"][0]["explanation"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = SetClock(datetime(2026, 3, 2, 2, 30, tzinfo=UTC))
    with running(embedded(tmp_path, clock)) as system:
        yield House(system, clock)


def test_a_dismissed_report_is_kept_for_its_time_and_no_longer(house: House) -> None:
    spam = house.dismissed("r-1", "spam")
    house.later(timedelta(days=89))
    assert house.said(spam) == MESSAGE["text"]
    house.later(timedelta(days=2))
    assert house.said(spam) == "[erased]"


def test_kinds_are_kept_for_different_times(house: House) -> None:
    report = house.dismissed("r-1")
    house.later(timedelta(days=120))
    assert house.said(report) == MESSAGE["text"]
    house.later(A_YEAR)
    assert house.said(report) == "[erased]"


def test_whoever_has_something_open_is_not_erased(house: House) -> None:
    old = house.dismissed("r-1", "spam")
    house.report("r-2")
    house.later(A_YEAR)
    assert house.said(old) == MESSAGE["text"]


def test_a_closed_case_is_kept_for_its_time_and_no_longer(house: House) -> None:
    case_id = house.closed("r-1", "out_of_scope")
    house.later(timedelta(days=300))
    assert house.explained(case_id) == "-"
    house.later(timedelta(days=70))
    assert house.explained(case_id) == "[erased]"


def test_a_further_case_of_the_same_person_keeps_the_first(house: House) -> None:
    first = house.closed("r-1", "out_of_scope")
    house.closed("r-2", "unremedied")
    house.later(2 * A_YEAR)
    assert house.explained(first) == "-"
    house.later(4 * A_YEAR)
    assert house.explained(first) == "[erased]"


def test_a_new_report_keeps_the_case(house: House) -> None:
    case_id = house.closed("r-1", "out_of_scope")
    house.report("r-2")
    house.later(2 * A_YEAR)
    assert house.explained(case_id) == "-"


def test_a_legal_hold_keeps_it_and_its_end_lets_it_go(house: House) -> None:
    case_id = house.closed("r-1", "out_of_scope")
    subject = house.system.operator.get(f"{ROOT}/cases/{case_id}").json()["subject"]
    path, order = f"/intake/v1/subjects/{subject}", {"order": "Labour Court 114/2569"}
    house.system.supervisor.post(f"{path}/hold", order)
    house.later(2 * A_YEAR)
    assert house.explained(case_id) == "-"
    assert house.system.supervisor.post(f"{path}/lift-hold", order).status_code == 200
    assert house.explained(case_id) == "[erased]"
    assert house.system.auditor.get(f"{path}/proof").json()["reason"] == "retention"


def test_a_report_that_kept_the_case_goes_when_its_own_time_is_over(house: House) -> None:
    case_id = house.closed("r-1", "out_of_scope")
    report_id = house.report("r-2")
    house.later(2 * A_YEAR)
    done = house.system.operator.post(f"/intake/v1/reports/{report_id}/dismiss", {"reason": "spam"}).json()
    house.system.operator.get("/intake/v1/reports", wait=done["position"])
    house.later(timedelta(days=1))
    assert (house.explained(case_id), house.said(report_id)) == ("[erased]", "[erased]")


def test_whoever_wrote_anew_under_a_hold_is_kept_when_it_ends(house: House) -> None:
    case_id = house.closed("r-1", "out_of_scope")
    subject = house.system.operator.get(f"{ROOT}/cases/{case_id}").json()["subject"]
    path, order = f"/intake/v1/subjects/{subject}", {"order": "Labour Court 114/2569"}
    house.system.supervisor.post(f"{path}/hold", order)
    house.later(2 * A_YEAR)
    house.report("r-2")
    house.system.supervisor.post(f"{path}/lift-hold", order)
    assert house.explained(case_id) == "-"
