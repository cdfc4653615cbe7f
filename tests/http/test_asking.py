"""Asked by a message, answered by a message: from the desk over the safe way to the worker, and back into the case."""

import time

from tests.http.asking_desk import CONTACT, answered, promised, wrote
from tests.http.cases_desk import TRIAGE, do, engaged, refused, send, show
from tests.support.app import System


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
    # The grievance that they wrote while the question waited could have been meant for it as well.
    _grievance, unclear = case["questions"][0]["replies"]
    assert (unclear["because"], unclear["message_id"]) == ("unclear", unsure["message_id"])
    (task,) = [one for one in case["tasks"] if one["done_at"] is None]
    assert (task["what"], task["assignee"]) == ("*******", "desk-of-mae-sot")
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

    second = wrote(system, "asked-2", "1, it came today")
    until = time.monotonic() + 30
    while not (replies := show(system.operator, case_id)["questions"][0]["replies"]):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert [(one["because"], one["message_id"]) for one in replies] == [("second", second["message_id"])]
    shown = show(system.operator, case_id, unsealed=True)
    assert shown["questions"][0]["replies"][0]["text"] == "1, it came today"
    assert shown["remedies"][0]["status"] == "refuted"


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
