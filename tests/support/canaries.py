"""Texts that can be found again: planted in every place where somebody can say something about a person."""

from collections.abc import Mapping
from typing import Any, Protocol

CASES = "/cases/v1/cases"
PERSONAL: Mapping[str, str] = {
    "sender": "Ma-Thandar-Aye-canary",
    "phone": "+66-81-555-0142",
    "text": "the foreman hit my brother canary-text",
    "summary": "canary-summary about the dormitory",
    "complainant": "Naw Paw Canary",
    "reference": "passport-MC7755canary",
    "address": "thandar.canary@example.org",
    "further": "+66-84-555-0177",
    "note": "canary-note: calls from her sister's house",
    "safety": "canary-safety: the brother sleeps outside",
    "withheld": "canary-withheld: not her village",
    "answer": "canary-answer: we know who complained",
    "statement": "canary-statement: I got it back",
    "accused": "Foreman Somchai-canary",
    "contact": "hr.canary@example.com",
    "brief": "canary-brief: passports are kept",
    "evidence": "canary-evidence: seen by the union",
    "reason": "canary-reason: within the mandate",
    "ending": "canary-ending: she moved on",
}


class Post(Protocol):
    """Posts a body and returns the answer; `second` as another person, where four eyes are asked for."""

    def __call__(self, path: str, body: Mapping[str, Any], *, second: bool = False) -> dict[str, Any]:
        """Post."""
        ...


class Get(Protocol):
    """Asks and returns the answer; `wait` is a position token."""

    def __call__(self, path: str, *, wait: str | None = None) -> dict[str, Any]:
        """Ask."""
        ...


def told_everything(post: Post, get: Get) -> str:
    """Take a grievance through its whole life, with a canary in every place; return the case's id."""
    further = {"channel": "sms", "address": PERSONAL["further"]}
    contact = {"channel": "email", "address": PERSONAL["address"], "further": [further]}
    complainant = {"name": PERSONAL["complainant"], "reference": PERSONAL["reference"]}
    person = {"summary": PERSONAL["summary"], "complainant": complainant, "safe_contact": contact}
    message = {
        "channel": "app",
        "account": "test",
        "external_id": PERSONAL["phone"],
        "sender": PERSONAL["sender"],
        "text": PERSONAL["text"],
        "language": "my",
        "grievance": {**person, "issues": ["REC-FEE"], "respondent": PERSONAL["accused"]},
    }
    taken = post("/intake/v1/messages", message)
    report = get(f"/intake/v1/messages/{taken['message_id']}", wait=taken["position"])["report_id"]
    accepted = post(f"/intake/v1/reports/{report}/accept", {})
    case_id: str = get(f"{CASES}/{accepted['case_id']}", wait=accepted["position"])["case_id"]
    plant = post(
        "/cases/v1/organisations",
        {"name": "Plant", "kind": "employer", "contact": contact | {"address": PERSONAL["contact"]}},
    )["organisation_id"]
    triage = {"issues": ["REC-FEE"], "admissible": True, "admissibility_reason": PERSONAL["reason"], "danger_now": True}
    item = {"remedy": "RM-DOC", "owner": "Plant", "due_on": "2026-12-31"}
    for command, body in (
        ("acknowledge", {}),
        ("triage", {**triage, "safety_note": PERSONAL["safety"]}),
        ("note", {"text": PERSONAL["note"]}),
        ("consent", {"recipient": plant, "purpose": "disclose-facts", "withheld": PERSONAL["withheld"]}),
        ("name-respondent", {"organisation_id": plant, "role": "employer"}),
        ("escalate", {"organisation_id": plant, "level": "employer", "brief": PERSONAL["brief"]}),
        ("respond", {"organisation_id": plant, "position": "accepted", "text": PERSONAL["answer"]}),
        ("plan", {"items": [item], "complainant_consulted": True}),
    ):
        post(f"{CASES}/{case_id}/{command}", body)
    (remedy,) = get(f"{CASES}/{case_id}")["remedies"]
    done = {"item_id": remedy["item_id"], "evidence": PERSONAL["evidence"]}
    post(f"{CASES}/{case_id}/complete-item", done)
    confirmed = {"item_id": remedy["item_id"], "outcome": "confirmed", "statement": PERSONAL["statement"]}
    post(f"{CASES}/{case_id}/verify-item", confirmed, second=True)
    post(f"{CASES}/{case_id}/close", {"reason": "partial", "explanation": PERSONAL["ending"]}, second=True)
    return case_id
