"""Who has nothing but a receipt sees how far it is, is written to, and writes on; nobody learns who they are."""

import re
from itertools import count
from typing import Any

import pytest

from shared.web.receipt_door import ReceiptDoor
from tests.http.cases_desk import TRIAGE, do
from tests.support.app import System

PREFIX = "/intake/v1"
PAGE = "/intake/receipt"
_numbers = count(1)


@pytest.fixture(autouse=True)
def rested(system: System) -> None:
    """Nobody has tried anything yet."""
    for app in system.apps:
        app.state.receipt_door = ReceiptDoor()


def told(system: System, **changes: Any) -> tuple[str, str]:
    """Send a message; return its receipt and its report."""
    body = {"channel": "form", "account": "web", "external_id": f"k-{next(_numbers)}", "text": "Mg Mg is hurt"}
    taken = system.channel.post(f"{PREFIX}/messages", {**body, **changes}).json()
    shown = system.operator.get(f"{PREFIX}/messages/{taken['message_id']}", wait=taken["position"]).json()
    return taken["receipt"], shown["report_id"]


def look(system: System, receipt: str, what: str = "", **query: str) -> Any:
    return system.http.get(f"{PREFIX}/receipts/{receipt}{what}", params=query)


def write(system: System, receipt: str, text: str, **more: str) -> Any:
    return system.http.post(f"{PREFIX}/receipts/{receipt}/messages", json={"text": text, **more})


def report_with(system: System, report_id: str, position: str) -> Any:
    """Return the opened report as it is at a position."""
    asked = {"Redress-Purpose": "handling"}
    return system.operator.get(f"{PREFIX}/reports/{report_id}", wait=position, headers=asked).json()


def test_a_receipt_says_how_far_it_is_in_the_senders_language(system: System) -> None:
    receipt, _ = told(system, language="my", sender="u-1")
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", receipt)
    shown = look(system, receipt.lower().replace("-", "")).json()
    assert (shown["state"], shown["language"], shown["replies"]) == ("received", "my", 0)
    assert shown["now"].startswith("သင့်")
    assert look(system, receipt, language="vi").json()["next"].startswith("Chúng tôi")
    assert "u-1" not in str(shown)
    assert "Mg Mg" not in str(shown)


def test_the_step_of_the_case_is_told_and_nothing_else_of_it(system: System) -> None:
    receipt, report_id = told(system)
    done = system.operator.post(f"{PREFIX}/reports/{report_id}/accept", {"summary": "hurt"}).json()
    case_id = done["case_id"]
    case = system.operator.get(f"/cases/v1/cases/{case_id}", wait=done["position"]).json()
    assert look(system, receipt).json()["state"] == "accepted"
    done = do(system.operator, case_id, "triage", **TRIAGE)
    system.operator.get(f"{PREFIX}/reports", wait=done["position"])
    shown = look(system, receipt).json()
    assert shown["state"] == "checked"
    assert case["number"] not in str(shown)


def test_a_talk_goes_both_ways_without_a_name(system: System) -> None:
    receipt, report_id = told(system)
    done = system.operator.post(f"{PREFIX}/reports/{report_id}/reply", {"text": "Where does it hurt?"}).json()
    system.operator.get(f"{PREFIX}/reports", wait=done["position"])
    (reply,) = look(system, receipt, "/messages").json()["items"]
    assert reply["text"] == "Where does it hurt?"
    taken = write(system, receipt, "My arm", key="a1").json()
    assert write(system, receipt, "My arm", key="a1").json() == taken
    report = report_with(system, report_id, taken["position"])
    assert [one["text"] for one in report["messages"]] == ["Mg Mg is hurt", "My arm"]
    assert [one["text"] for one in report["replies"]] == ["Where does it hurt?"]
    assert report["waiting_since"] is not None


def test_who_writes_on_after_a_dismissal_is_heard_again(system: System) -> None:
    receipt, report_id = told(system)
    done = system.operator.post(f"{PREFIX}/reports/{report_id}/dismiss", {"reason": "no-grievance"}).json()
    system.operator.get(f"{PREFIX}/reports", wait=done["position"])
    assert look(system, receipt).json()["state"] == "dismissed"
    taken = write(system, receipt, "It happened again").json()
    report = report_with(system, report_id, taken["position"])
    assert (report["state"], report["dismissed_because"]) == ("open", None)
    assert look(system, receipt).json()["state"] == "received"


def test_a_slip_is_told_and_a_wrong_receipt_leads_nowhere(system: System) -> None:
    receipt, _ = told(system)
    other = "0" if receipt[0] != "0" else "2"
    assert look(system, other + receipt[1:]).status_code == 422
    assert look(system, "0000-0000-0000").status_code == 404
    assert write(system, "0000-0000-0000", "x").status_code == 404


def test_who_guesses_has_to_wait(system: System) -> None:
    answers = [look(system, "0000-0000-0000") for _ in range(30)]
    assert {answer.status_code for answer in answers} == {404, 429}
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_the_page_asks_shows_and_takes_what_is_written(system: System) -> None:
    receipt, report_id = told(system, language="th")
    asked = system.http.get(PAGE, headers={"Accept-Language": "lo"})
    assert 'lang="lo"' in asked.text
    assert "<script" not in asked.text
    form = re.search(r'name="form" value="(\w+)"', asked.text)
    assert form is not None
    sent = {"form": form[1], "code": receipt}
    shown = system.http.post(PAGE, data=sent)
    assert shown.status_code == 200
    assert 'lang="th"' in shown.text
    assert "Mg Mg" not in shown.text
    key = re.search(r'name="key" value="([\w-]+)"', shown.text)
    assert key is not None
    again = system.http.post(PAGE, data={**sent, "text": "wait <b>", "key": key[1], "language": "en"})
    assert "We have your message." in again.text
    taken = write(system, receipt, "thank you").json()
    said = [one["text"] for one in report_with(system, report_id, taken["position"])["messages"]]
    assert said == ["Mg Mg is hurt", "wait <b>", "thank you"]
    assert system.http.post(PAGE, data={**sent, "code": "1"}).status_code == 404
    assert system.http.post(PAGE, data={"form": "forged", "code": receipt}).status_code == 403
    system.http.cookies.clear()
