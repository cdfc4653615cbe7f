"""Files of messages: fetched later from a server that behaves like a provider, kept sealed, said to be missing."""

import asyncio
import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from services.intake import bootstrap as intake
from services.intake.channels.calling import RefusedError, fetched
from services.intake.channels.port import Source
from services.intake.settings import Settings
from tests.support.app import TESTED, System, embedded, running
from tests.unit.notify.given import SetClock

SECRET, TOKEN = "a-secret-of-now", "a-token-of-ours"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"not a picture of anybody" * 90_000
BASIC = "Basic " + base64.b64encode(SECRET.encode()).decode()
HANDLING = {"Redress-Purpose": "handling"}
MOST = 3_000_000


class Provider(BaseHTTPRequestHandler):
    """Answers like the Graph API, and worse."""

    flaky = 0

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]  # a server of the web has one
        opened = self.headers["Authorization"] == f"Bearer {TOKEN}"
        match self.path:
            case "/picture" | "/large" | "/flaky" if opened:
                self._say(200, json.dumps({"url": f"{base}/bytes{self.path}"}).encode())
            case "/bytes/picture" if opened:
                self._say(200, PICTURE)
            case "/bytes/large":
                self._say(200, b"x" * (MOST + 1))
            case "/bytes/flaky":
                type(self).flaky += 1
                self._say(503 if type(self).flaky == 1 else 200, b"%PDF-1.7 a payslip")
            case "/away":
                self.send_response(302)
                self.send_header("Location", "http://169.254.169.254/latest/meta-data")
                self.end_headers()
            case _:
                self._say(404, b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def system(tmp_path: Path, provider: str, clock: SetClock) -> Iterator[System]:
    file = tmp_path / "channels.toml"
    file.write_text(
        f'[[account]]\ntype = "whatsapp"\nname = "desk"\nsecrets = ["{SECRET}"]\n'
        f'token = "{TOKEN}"\napi = "{provider}"\n'
        f'[[account]]\ntype = "email"\nname = "desk"\nsecrets = ["{SECRET}"]\n'
        f'[[account]]\ntype = "viber"\nname = "desk"\nsecrets = ["{SECRET}"]\n'
    )
    file.chmod(0o600)
    chosen = Settings(channels=file, attachment_bytes=MOST, attachment_hosts=frozenset({"127.0.0.1"}))
    builders = {**TESTED, "intake": lambda parts, _logs: intake.build(parts, chosen)}
    with running(embedded(tmp_path / "data", clock, builders=builders)) as started:
        yield started


def written(system: System, media: str, key: str = "m-1") -> str:
    """Let a worker send a picture; return the id of the file."""
    picture = {"id": media, "mime_type": "image/png"}
    message = {"id": key, "from": "66811112222", "type": "image", "image": picture}
    value = {"metadata": {"phone_number_id": "1"}, "messages": [message]}
    raw = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
    signature = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    posted = system.http.post(
        "/intake/v1/channels/whatsapp/desk", content=raw, headers={"X-Hub-Signature-256": signature}
    )
    assert posted.status_code == 200
    return only_file(system)


def only_file(system: System) -> str:
    """Wait until the newest report shows a file, and return its id."""
    for _ in range(200):
        for one in system.operator.get("/intake/v1/reports").json()["items"]:
            found = system.operator.get(f"/intake/v1/reports/{one['report_id']}").json()["attachments"]
            if found:
                return str(found[-1])
        time.sleep(0.05)
    raise AssertionError("no report shows a file")


def settled(system: System, clock: SetClock, file_id: str, state: str) -> dict[str, Any]:
    """Let time pass until the file is in a state."""
    shown: dict[str, Any] = {}
    for _ in range(200):
        answer = system.operator.get(f"/intake/v1/attachments/{file_id}")
        shown = answer.json() if answer.status_code == 200 else {}
        if shown.get("state") == state:
            return shown
        clock.now += timedelta(minutes=1)
        time.sleep(0.05)
    raise AssertionError(shown)


def test_a_picture_is_fetched_kept_sealed_and_shown_to_who_says_what_for(
    system: System, clock: SetClock, tmp_path: Path
) -> None:
    file_id = written(system, "picture")
    shown = settled(system, clock, file_id, "stored")
    assert (shown["media_type"], shown["size"]) == ("image/png", len(PICTURE))
    assert shown["digest"] == hashlib.sha256(PICTURE).hexdigest()
    path = f"/intake/v1/attachments/{file_id}"
    assert system.operator.get(path, headers=HANDLING).content == PICTURE
    assert system.auditor.get(path).status_code == 200
    kept = list((tmp_path / "data" / "intake" / "attachments").iterdir())
    assert [one.stem for one in kept] == [file_id]
    assert b"not a picture of anybody" not in kept[0].read_bytes()
    subject = system.operator.get("/intake/v1/reports").json()["items"][0]["subject"]
    body = {"reason": "request"}
    assert system.supervisor.post(f"/intake/v1/subjects/{subject}/erase", body).status_code == 200
    assert system.operator.get(path, headers=HANDLING).status_code == 404


@pytest.mark.parametrize(("media", "because"), [("large", "too-large"), ("nowhere", "gone")])
def test_what_cannot_be_had_is_said_to_be_missing(system: System, clock: SetClock, media: str, because: str) -> None:
    file_id = written(system, media)
    assert settled(system, clock, file_id, "unavailable")["because"] == because
    assert system.operator.get(f"/intake/v1/attachments/{file_id}", headers=HANDLING).status_code == 404


def test_a_provider_that_fails_is_asked_again_later(system: System, clock: SetClock) -> None:
    Provider.flaky = 0
    shown = settled(system, clock, written(system, "flaky"), "stored")
    assert (shown["media_type"], Provider.flaky) == ("application/pdf", 2)


def test_a_file_that_came_inside_a_mail_is_kept(system: System, clock: SetClock) -> None:
    slip = {"Name": "slip.pdf", "ContentType": "application/pdf", "Content": base64.b64encode(b"%PDF-1").decode()}
    mail = {"MessageID": "m-1", "From": "a@example.org", "TextBody": "help", "Attachments": [slip]}
    posted = system.http.post("/intake/v1/channels/email/desk", json=mail, headers={"Authorization": BASIC})
    assert posted.status_code == 200
    file_id = only_file(system)
    assert settled(system, clock, file_id, "stored")["size"] == len(b"%PDF-1")
    assert system.operator.get(f"/intake/v1/attachments/{file_id}", headers=HANDLING).content == b"%PDF-1"


def test_no_file_leads_into_a_network_of_ours(provider: str) -> None:
    for url, hosts in (
        (f"{provider}/bytes/large", frozenset[str]()),
        ("http://[::ffff:10.0.0.1]/x", frozenset[str]()),
        ("file:///etc/passwd", frozenset[str]()),
        ("http://example.org:70000/x", frozenset[str]()),
        (f"{provider}/away", frozenset({"127.0.0.1"})),
    ):
        with pytest.raises(RefusedError) as refused:
            asyncio.run(fetched(Source(url=url), most=10, allowed_hosts=hosts))
        assert refused.value.cause == "address-refused"
