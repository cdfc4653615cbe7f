"""A whole case as those outside see it: the complainant hears three times, the organisation once, nobody reads why."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.http.cases_desk import BRIEF, TRIAGE, do, open_case, register
from tests.support.app import System


class Inbox(ThreadingHTTPServer):
    """An application that takes what is posted to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.letters: list[tuple[str, dict[str, Any]]] = []

    def address(self, name: str) -> dict[str, str]:
        return {"channel": "webhook", "address": f"http://127.0.0.1:{self.server_port}/{name}", "language": "ne"}


class _Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if isinstance(self.server, Inbox):
            self.server.letters.append((self.path.strip("/"), json.loads(content)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Stay quiet."""


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """A web application outside."""
    with Inbox() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_everybody_hears_what_is_for_them_and_nothing_of_the_matter(system: System, inbox: Inbox) -> None:
    office = system.operator
    case_id = open_case(office, summary="Passport withheld by Mister Somchai", safe_contact=inbox.address("worker"))
    plant = register(office, contact=inbox.address("plant"))
    do(office, case_id, "acknowledge", channel="hotline")
    do(office, case_id, "triage", **TRIAGE)
    do(office, case_id, "consent", recipient=plant, purpose="disclose-facts")
    do(office, case_id, "name-respondent", organisation_id=plant, role="employer")
    do(office, case_id, "escalate", organisation_id=plant, level="employer", brief=BRIEF)
    do(office, case_id, "respond", organisation_id=plant, position="disputed", text="We deny it.")
    do(system.supervisor, case_id, "close", reason="unremedied", explanation="The plant refused.")

    deadline = time.monotonic() + 15
    while len(inbox.letters) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)

    page = office.get("/notify/v1/notifications", case_id=case_id).json()
    told = {(item["occasion"], item["audience"]) for item in page["items"] if item["state"] != "suppressed"}
    held_back = {(item["occasion"], item["reason"]) for item in page["items"] if item["state"] == "suppressed"}
    assert held_back == {("reminder", "over"), ("invitation", "no-public-address")}
    assert told == {
        ("acknowledgement", "complainant"),
        ("escalation", "respondent"),
        ("answer", "complainant"),
        ("closure", "complainant"),
    }
    assert sorted(name for name, _letter in inbox.letters) == ["plant", "worker", "worker", "worker"]
    seen = " ".join(f"{letter['subject']} {letter['body']}" for _name, letter in inbox.letters)
    for word in ["Passport", "withheld", "Mister", "Somchai", "Workers", "recruitment", "fees", "deny", "refused"]:
        assert word.casefold() not in seen.casefold()
