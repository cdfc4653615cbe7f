"""What people say about themselves is kept, and appears in nothing that the process prints or logs."""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.process.serving import System, system

CASES = "/cases/v1/cases"
PERSONAL: Mapping[str, str] = {
    "sender": "Ma-Thandar-Aye-canary",
    "phone": "+66-81-555-0142",
    "text": "the foreman hit my brother canary-text",
    "summary": "canary-summary about the dormitory",
    "complainant": "Naw Paw Canary",
    "reference": "passport-MC7755canary",
    "address": "thandar.canary@example.org",
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

pytestmark = pytest.mark.process


def test_nothing_that_a_person_said_is_printed_or_logged(tmp_path: Path) -> None:
    with system(tmp_path) as running:
        case_id = _told_everything(running)
        masked = running.ask("GET", f"{CASES}/{case_id}/events").body.decode()
        kept = running.ask("GET", f"{CASES}/{case_id}/events", headers={"Redress-Purpose": "review"}).body.decode()
        for word in ("summary", "complainant", "address", "note", "safety", "withheld", "answer", "statement"):
            assert PERSONAL[word] in kept, f"{word} was never planted"
            assert PERSONAL[word] not in masked, f"{word} is shown without a purpose"
        answers = [_refused(running, *request) for request in _broken_requests(case_id)]
        _speaks_no_http(running)
        running.stop()
    said = running.said.read_text()
    assert "Redress on http" in said
    for word, canary in PERSONAL.items():
        assert canary not in said, f"the process said the {word}"
        assert not [answer for answer in answers if canary in answer], f"a refusal repeats the {word}"
        assert files_with(canary, running.data) == [], f"the {word} lies on the disk"


def files_with(canary: str, data: Path) -> list[str]:
    """Return the files of a data folder that hold a text; letters that wait for delivery hold their address."""
    files = [file for file in data.rglob("*") if file.is_file() and file.parent.name != "outbox"]
    assert {"record.sqlite", "views.sqlite", "vault.sqlite"} <= {file.name for file in files}
    return [str(file.relative_to(data)) for file in files if canary.encode() in file.read_bytes()]


def _told_everything(running: System) -> str:
    supervisor = running.new_key("supervisor", "second")
    contact = {"channel": "email", "address": PERSONAL["address"]}
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
    taken = running.post("/intake/v1/messages", message)
    report = running.get(f"/intake/v1/messages/{taken['message_id']}", wait=taken["position"])["report_id"]
    accepted = running.post(f"/intake/v1/reports/{report}/accept", {})
    case_id: str = running.get(f"{CASES}/{accepted['case_id']}", wait=accepted["position"])["case_id"]
    plant = running.post(
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
        running.post(f"{CASES}/{case_id}/{command}", body)
    (remedy,) = running.get(f"{CASES}/{case_id}")["remedies"]
    done = {"item_id": remedy["item_id"], "evidence": PERSONAL["evidence"]}
    running.post(f"{CASES}/{case_id}/complete-item", done)
    confirmed = {"item_id": remedy["item_id"], "outcome": "confirmed", "statement": PERSONAL["statement"]}
    running.post(f"{CASES}/{case_id}/verify-item", confirmed, key=supervisor)
    running.post(f"{CASES}/{case_id}/close", {"reason": "partial", "explanation": PERSONAL["ending"]}, key=supervisor)
    return case_id


Request = tuple[str, str, bytes | None, dict[str, str]]


def _broken_requests(case_id: str) -> list[Request]:
    message = {"channel": "app", "account": "test", "external_id": "b-1", "text": PERSONAL["text"]}
    event = {"specversion": "1.0", "id": "b-2", "source": "app", "type": "redress.intake.message.submitted"}
    structured = {"Content-Type": "application/cloudevents+json"}
    text = PERSONAL["text"].encode()

    def body(**changes: Any) -> bytes:
        return msgspec.json.encode(message | changes)

    return [
        ("POST", "/intake/v1/messages", body(unknown=PERSONAL["phone"]), {}),
        ("POST", "/intake/v1/messages", body(sender={"name": PERSONAL["sender"]}), {}),
        ("POST", "/intake/v1/messages", body(language=PERSONAL["complainant"]), {}),
        ("POST", "/intake/v1/messages", body(text=PERSONAL["text"] + "\0"), {}),
        ("POST", "/intake/v1/messages", body(occurred_at=PERSONAL["note"]), {}),
        ("POST", "/intake/v1/messages", b'{"text": "' + text, {}),
        ("POST", "/intake/v1/messages", b'{"text": "' + text + b'\xff\xfe"}', {}),
        ("POST", "/intake/v1/messages", text * 200_000, {}),
        ("POST", "/intake/v1/messages", body(), {"Idempotency-Key": PERSONAL["phone"] * 50}),
        ("POST", "/intake/v1/messages", body(), {"Authorization": "Bearer " + PERSONAL["sender"]}),
        ("POST", "/intake/v1/messages", body(), {"If-Match": PERSONAL["phone"]}),
        ("POST", "/intake/v1/events", msgspec.json.encode(event | {"data": PERSONAL["text"]}), structured),
        ("POST", "/intake/v1/events", body(), {"Content-Type": PERSONAL["phone"]}),
        ("POST", f"{CASES}/{case_id}/note", msgspec.json.encode({"text": [PERSONAL["note"]]}), {}),
        ("POST", f"{CASES}/{case_id}/close", msgspec.json.encode({"reason": PERSONAL["statement"]}), {}),
        ("GET", f"{CASES}/{PERSONAL['phone']}", None, {}),
        ("GET", f"{CASES}?state={PERSONAL['phone']}", None, {}),
        ("GET", CASES, None, {"Redress-Wait-For": PERSONAL["phone"]}),
        ("DELETE", f"/intake/v1/messages/{PERSONAL['phone']}", None, {}),
        ("GET", f"/nowhere/{PERSONAL['phone']}", None, {}),
    ]


def _refused(running: System, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> str:
    try:
        answer = running.ask(method, path, body, headers=headers)
    except (BrokenPipeError, ConnectionResetError):
        return ""
    assert 400 <= answer.status < 500, (method, path, headers, answer.status, answer.body[:300])
    return answer.body.decode()


def _speaks_no_http(running: System) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
        connection.sendall(PERSONAL["text"].encode() + b"\r\n\r\n")
        connection.recv(1000)
