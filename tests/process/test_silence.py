"""What people say about themselves is kept, and appears in nothing that the process prints or logs."""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.process.serving import System, system
from tests.support.canaries import CASES, PERSONAL, told_everything

pytestmark = pytest.mark.process


def test_nothing_that_a_person_said_is_printed_or_logged(tmp_path: Path) -> None:
    with system(tmp_path) as running:
        supervisor = running.new_key("supervisor", "second")

        def post(path: str, body: Mapping[str, Any], *, second: bool = False) -> dict[str, Any]:
            told: dict[str, Any] = running.post(path, body, key=supervisor if second else None)
            return told

        case_id = told_everything(post, lambda path, *, wait=None: running.get(path, wait=wait))
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
