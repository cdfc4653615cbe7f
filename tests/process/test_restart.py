"""The running system stops when it is asked to, and goes on where it was."""

import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.process.serving import PATIENCE, redress, system

GRACE = 10.0
CASES = "/cases/v1/cases"
MESSAGE = {"channel": "app", "account": "test", "sender": "worker-1", "text": "They keep our passports."}

pytestmark = pytest.mark.process


def message(number: int) -> dict[str, Any]:
    return MESSAGE | {"external_id": f"m-{number}"}


def test_started_again_it_goes_on_where_it_was(tmp_path: Path) -> None:
    with system(tmp_path) as running:
        key = running.key
        first = running.post("/intake/v1/messages", message(1))
        report = running.get(f"/intake/v1/messages/{first['message_id']}", wait=first["position"])["report_id"]
        opened = running.post(CASES, {"channel": "hotline", "language": "th"})
        shown = running.get(f"{CASES}/{opened['case_id']}")

        code, seconds = running.stop()
        assert (code, seconds < GRACE) == (0, True)
        running.start()

        assert running.key == key
        assert stat.S_IMODE((running.data / "admin.key").stat().st_mode) == 0o600
        again = running.post("/intake/v1/messages", message(1))
        assert (again["message_id"], again["receipt"]) == (first["message_id"], first["receipt"])
        assert running.get(f"{CASES}/{opened['case_id']}") | {"clocks": None} == shown | {"clocks": None}
        second = running.post("/intake/v1/messages", message(2))
        filed = running.get(f"/intake/v1/messages/{second['message_id']}", wait=second["position"])
        assert filed["report_id"] == report
        noted = running.post(f"{CASES}/{opened['case_id']}/note", {"text": "Goes on."})
        assert noted["version"] == 2
        listed = running.get(CASES, wait=noted["position"])
        assert [case["number"] for case in listed["items"]] == [opened["number"]]


def test_interrupted_from_the_keyboard_it_stops_without_a_complaint(tmp_path: Path) -> None:
    with system(tmp_path) as running:
        assert running.process is not None
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(GRACE) in {0, 128 + signal.SIGINT}
        assert "Traceback" not in running.said.read_text()


def test_a_second_system_on_the_same_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with system(tmp_path) as running:
        second = redress("up", "--data", str(running.data), "--port", "0")
        said = " ".join((second.stdout + second.stderr).split())
        assert second.returncode == 1
        assert "A system runs on this data folder already" in said
        assert "Traceback" not in said
        assert running.ask("GET", "/livez").status == 200
        assert running.stop()[1] < PATIENCE
