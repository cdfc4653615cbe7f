"""Asked by a message, answered by a message: from the desk over the safe way to the worker, and back into the case."""

import time
from itertools import count
from typing import Any

from tests.http.cases_desk import TRIAGE, do, engaged, refused, send, show
from tests.support.app import System

_numbers = count(1)
CONTACT = {"channel": "webhook", "address": "http://127.0.0.1:9/nobody-listens", "language": "th"}
ITEM = {"remedy": "RM-FEE", "owner": "plant", "due_on": "2026-04-30", "assessed": {"amount": "5000", "currency": "THB"}}


def wrote(system: System, sender: str, text: str, **more: Any) -> dict[str, Any]:
    body = {"channel": "form", "account": "web", "external_id": f"q-{next(_numbers)}", "sender": sender, "text": text}
    taken: dict[str, Any] = system.channel.post("/intake/v1/messages", {**body, **more}).json()
    shown = system.operator.get(f"/intake/v1/messages/{taken['message_id']}", wait=taken["position"]).json()
    return {**taken, **shown}


def promised(system: System, sender: str) -> tuple[str, str]:
    """Return the case of a worker who wrote, with a remedy that was reported as complete."""
    report_id = wrote(system, sender, "They took a fee")["report_id"]
    grievance = {"summary": "A fee", "safe_contact": CONTACT, "language": "th", "issues": ["REC-FEE"]}
    accepted = system.operator.post(f"/intake/v1/reports/{report_id}/accept", grievance)
    assert accepted.status_code == 200, accepted.text
    case_id = accepted.json()["case_id"]
    system.operator.get(f"/cases/v1/cases/{case_id}", wait=accepted.json()["position"])
    for command, body in (("triage", TRIAGE), ("assign", {"assignee": "desk-of-mae-sot"})):
        do(system.operator, case_id, command, **body)
    do(system.operator, case_id, "plan", items=[ITEM], complainant_consulted=True)
    (remedy,) = show(system.operator, case_id)["remedies"]
    paid = {"amount": "5000", "currency": "THB"}
    do(system.operator, case_id, "complete-item", item_id=remedy["item_id"], evidence="receipt", paid=paid)
    return case_id, remedy["item_id"]


def answered(system: System, case_id: str) -> dict[str, Any]:
    """Return the case once its question is answered."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        case = show(system.operator, case_id)
        if case["questions"] and case["questions"][-1]["answer"] is not None:
            return case
        time.sleep(0.05)
    raise AssertionError(case["questions"])


def state_of(system: System, report_id: str, wanted: str) -> None:
    until = time.monotonic() + 30
    while (state := system.operator.get(f"/intake/v1/reports/{report_id}").json()["state"]) != wanted:
        assert time.monotonic() < until, state
        time.sleep(0.05)


def test_a_workers_one_confirms_the_remedy_and_needs_no_decision(system: System) -> None:
    case_id, item_id = promised(system, "asked-1")
    assert "ask" in system.operator.get(f"/cases/v1/cases/{case_id}/next").json()["open"]
    asked = do(system.operator, case_id, "ask", kind="remedy-arrived", item_id=item_id)
    refused(send(system.operator, case_id, "ask", kind="remedy-arrived", item_id=item_id), "one-question")
    other, other_item = promised(system, "asked-1")
    refused(send(system.operator, other, "ask", kind="remedy-arrived", item_id=other_item), "one-question")

    unsure = wrote(system, "asked-1", "what is it about?")
    reply = wrote(system, "asked-1", "๑")
    case = answered(system, case_id)
    answer = case["questions"][0]["answer"]
    assert (answer["reply"], answer["moved"], answer["text"]) == ("yes", True, "*******")
    assert answer["message_id"] == reply["message_id"]
    (remedy,) = case["remedies"]
    assert (remedy["status"], remedy["method"], remedy["verified_by"]) == ("verified", "worker-confirmed", "the-person")
    assert unsure["report_id"] == reply["report_id"]
    state_of(system, reply["report_id"], "open")

    notes = system.operator.get("/notify/v1/notifications", case_id=case_id, wait=asked["position"]).json()["items"]
    (told,) = [one for one in notes if one["occasion"] == "question"]
    assert told["template"] == "th/arrived.complainant"


def test_how_content_they_are_is_asked_when_the_case_is_closed(system: System) -> None:
    case_id, item_id = promised(system, "asked-5")
    refused(send(system.operator, case_id, "ask", kind="satisfaction"), "case-closed")
    do(system.operator, case_id, "ask", kind="remedy-arrived", item_id=item_id)
    wrote(system, "asked-5", "1")
    answered(system, case_id)
    do(system.colleague, case_id, "close", reason="remedied", explanation="Paid, as the worker says.")
    asked = do(system.operator, case_id, "ask", kind="satisfaction")
    wrote(system, "asked-5", "๔")
    answer = answered(system, case_id)["questions"][-1]["answer"]
    assert (answer["reply"], answer["moved"]) == ("said", True)
    events = system.operator.get(f"/cases/v1/cases/{case_id}/events").json()["items"]
    (content,) = [one for one in events if one["envelope"]["type"] == "cases.satisfaction-recorded"]
    assert content["data"]["stars"] == 4
    notes = system.operator.get("/notify/v1/notifications", case_id=case_id, wait=asked["position"]).json()["items"]
    assert "th/content.complainant" in {one["template"] for one in notes}


def test_nothing_but_the_answer_joins_its_case_by_itself(system: System) -> None:
    case_id, item_id = promised(system, "asked-2")
    do(system.operator, case_id, "ask", kind="remedy-arrived", item_id=item_id)
    wrote(system, "somebody-else", "1")
    reply = wrote(system, "asked-2", "2")
    case = answered(system, case_id)
    assert case["questions"][0]["answer"]["message_id"] == reply["message_id"]
    assert case["remedies"][0]["status"] == "refuted"
    state_of(system, reply["report_id"], "linked")


def test_a_question_in_words_is_read_and_answered_with_the_receipt(system: System) -> None:
    first = wrote(system, "asked-3", "They took a fee")
    accepted = system.operator.post(
        f"/intake/v1/reports/{first['report_id']}/accept",
        {"summary": "A fee", "safe_contact": CONTACT, "language": "th", "issues": ["REC-FEE"]},
    ).json()
    case_id = accepted["case_id"]
    system.operator.get(f"/cases/v1/cases/{case_id}", wait=accepted["position"])
    do(system.operator, case_id, "triage", **TRIAGE)
    do(system.operator, case_id, "ask", kind="free", text="Which line was it?")
    door = f"/intake/v1/receipts/{first['receipt']}"
    until = time.monotonic() + 30
    while "Which line was it?" not in system.http.get(f"{door}/messages").text:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert system.http.post(f"{door}/messages", json={"text": "Line 4, the night shift"}).status_code == 200
    case = answered(system, case_id)
    answer = case["questions"][0]["answer"]
    assert (answer["reply"], answer["moved"]) == ("said", False)
    opened = show(system.operator, case_id, unsealed=True)["questions"][0]
    assert (opened["text"], opened["answer"]["text"]) == ("Which line was it?", "Line 4, the night shift")


def test_a_case_that_came_in_by_no_message_is_not_asked(system: System) -> None:
    case_id, _ = engaged(system, safe_contact=CONTACT)
    refused(send(system.operator, case_id, "ask", kind="retaliation"), "sender-known")
