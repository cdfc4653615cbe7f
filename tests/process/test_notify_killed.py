"""Killed after a text went out and before that was on record: it goes out once more, and says that it may have."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.process.serving import PATIENCE, System, system

pytestmark = pytest.mark.process


class Receiver(ThreadingHTTPServer):
    """Takes what is posted; the first time, the sender is killed before it is answered."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.ids: list[str] = []
        self.sender: System | None = None
        self.killed = threading.Event()


class _Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = self.server
        assert isinstance(receiver, Receiver)
        receiver.ids.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["id"])
        if not receiver.killed.is_set():
            assert receiver.sender is not None
            receiver.sender.kill()
            receiver.killed.set()
            return
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Stay quiet."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_after_a_kill_between_sending_and_recording_there_is_one_duplicate_at_most_and_it_is_on_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDRESS_NOTIFY_WEBHOOK_ALLOWED_HOSTS", '["127.0.0.1"]')
    with receiving() as receiver, system(tmp_path) as running:
        receiver.sender = running
        contact = {"channel": "webhook", "address": f"http://127.0.0.1:{receiver.server_port}/x", "language": "th"}
        body = {"channel": "hotline", "language": "th", "safe_contact": contact}
        case_id = running.post("/cases/v1/cases", body)["case_id"]
        running.post(f"/cases/v1/cases/{case_id}/acknowledge", {"channel": "webhook"})
        assert receiver.killed.wait(PATIENCE)

        running.start()
        given_up = time.monotonic() + PATIENCE
        state: dict[str, Any] = {}
        while state.get("state") != "sent" and time.monotonic() < given_up:
            time.sleep(0.1)
            state = next(iter(running.get(f"/notify/v1/notifications?case_id={case_id}")["items"]), {})
        assert (state["state"], state["may_repeat"], state["attempt_count"]) == ("sent", True, 1)
        assert receiver.ids == [state["notification_id"]] * 2
