"""What stories of questions by message do again and again."""

import time
from itertools import count
from typing import Any

from tests.http.cases_desk import TRIAGE, do, show
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
