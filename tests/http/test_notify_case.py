"""A whole case as those outside see it: the complainant hears three times, the organisation once, nobody reads why."""

import json
import re
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from services.notify.api.letters import page
from services.notify.views.letters import Written
from tests.http.cases_desk import BRIEF, TRIAGE, do, open_case, register
from tests.support.app import System
from tests.unit.notify.given import NOON


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


def test_what_an_organisation_was_written_can_be_printed_by_who_says_why(system: System) -> None:
    office = system.operator
    case_id = open_case(office, safe_contact={"channel": "email", "address": "aye@example.org", "language": "th"})
    plant = register(office, contact={"channel": "email", "address": "plant@example.com", "language": "my"})
    do(office, case_id, "acknowledge", channel="hotline")
    do(office, case_id, "triage", **TRIAGE)
    do(office, case_id, "consent", recipient=plant, purpose="disclose-facts")
    do(office, case_id, "name-respondent", organisation_id=plant, role="employer")
    sent = do(office, case_id, "escalate", organisation_id=plant, level="employer", brief=BRIEF)
    items = office.get("/notify/v1/notifications", wait=sent["position"], case_id=case_id).json()["items"]
    ids = {item["audience"]: item["notification_id"] for item in items if item["state"] != "suppressed"}

    path = f"/notify/v1/notifications/{ids['respondent']}/letter"
    assert office.get(path).headers["content-type"] == "application/pdf", "masked, without a purpose"
    paper = office.get(path, headers={"Redress-Purpose": "handling"})
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-1.7")
    packed = re.findall(rb"stream\n(.*?)\nendstream", paper.content, re.DOTALL)
    assert any(b"Myanmar" in zlib.decompress(one) for one in packed), "Burmese is set in a face that has it"
    theirs = f"/notify/v1/notifications/{ids['complainant']}/letter"
    refused = office.get(theirs, headers={"Redress-Purpose": "handling"})
    assert (refused.status_code, refused.json()["gate"]) == (409, "letter-to-an-organisation")


def test_a_letter_shows_signs_of_markup_as_they_are() -> None:
    written = Written("en", "A <b> & c", "To <script>x</script>\nPlant\n\nThank you.\n", NOON)
    html = page(written).decode()
    assert "<script>" not in html
    assert "<p>To &lt;script&gt;x&lt;/script&gt;<br>Plant</p><p>Thank you.</p>" in html
