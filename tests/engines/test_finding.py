"""An engine that is not there is never passed over in silence, and none stays behind, however a run ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.engines.engine import Engine, EngineFailedError, EngineMissingError, Place, first
from tests.engines.guard import gone
from tests.engines.ports import LOWEST_EPHEMERAL, RANGE, free_ports, ports_of
from tests.engines.process import Process
from tests.engines.standing import Standing, recorded

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
SLEEPING = "import time; time.sleep(600)"
ASKING = """
from tests.engines.engine import EngineMissingError, first
from tests.engines.fixtures import lent

def nowhere(_place):
    raise EngineMissingError("It is nowhere.")

def test_it(request):
    with lent(request, "engine", lambda place: first("engine", (nowhere,), place)):
        raise AssertionError("lent although it is nowhere")
"""
RUNNING = """
import sys, time
from pathlib import Path
from tests.engines.engine import Place
from tests.engines.guard import guard
from tests.engines.process import Process

folder = Path(sys.argv[1])
guard().remove(folder)
life = Process("A sleeper", ("sleep", "600"), Place(folder), lambda: "")
life.start()
print(life.pid, flush=True)
time.sleep(600)
"""


def sleeper(folder: Path) -> Process:
    return Process("A sleeper", (sys.executable, "-c", SLEEPING, str(folder)), Place(folder, lasting=True), lambda: "")


@pytest.mark.parametrize(("ci", "outcome"), [("true", "1 failed"), ("", "1 skipped")])
def test_a_missing_engine_fails_in_ci_and_is_skipped_with_its_reason_elsewhere(
    tmp_path: Path, ci: str, outcome: str
) -> None:
    test = tmp_path / "test_it.py"
    test.write_text(ASKING)
    done = subprocess.run(
        (sys.executable, "-m", "pytest", "-rs", "-c", os.devnull, "-p", "no:cacheprovider", str(test)),
        cwd=ROOT,
        env={**os.environ, "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert outcome in done.stdout, done.stdout
    assert "No engine here. It is nowhere." in done.stdout


def test_the_first_passable_way_is_taken_and_the_reasons_of_all_others_are_told(tmp_path: Path) -> None:
    def closed(_place: Place) -> Engine:
        raise EngineMissingError("No Docker daemon answers.")

    def barred(_place: Place) -> Engine:
        raise EngineMissingError("There is no `initdb` here.")

    engine = Engine("postgres", "somewhere", "a test", sleeper(tmp_path))
    assert first("PostgreSQL", (closed, lambda _: engine, barred), Place(tmp_path)) is engine
    with pytest.raises(
        EngineMissingError, match=r"No PostgreSQL here\. No Docker daemon answers\. There is no `initdb`"
    ):
        first("PostgreSQL", (closed, barred), Place(tmp_path))


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_stays_behind_when_the_run_is_ended(tmp_path: Path, ending: signal.Signals) -> None:
    folder = tmp_path / "engine"
    folder.mkdir()
    with subprocess.Popen(
        (sys.executable, "-c", RUNNING, str(folder)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        assert not gone(pid)
        run.send_signal(ending)
    given_up = time.monotonic() + PATIENCE
    while not (gone(pid) and not folder.exists()) and time.monotonic() < given_up:
        time.sleep(0.02)
    assert gone(pid)
    assert not folder.exists()


def test_a_server_that_ends_at_once_is_reported_with_what_it_said(tmp_path: Path) -> None:
    life = Process("The server", ("sh", "-c", "echo the disk is full; exit 3"), Place(tmp_path), lambda: "not there")
    with pytest.raises(EngineFailedError, match=r"(?s)The server ended at once.*the disk is full"):
        life.start()


def test_what_stands_for_a_person_is_known_again_and_ends_when_told(tmp_path: Path) -> None:
    life = sleeper(tmp_path)
    life.start()
    standing = recorded(Engine("postgres", "an address", "a test", life), tmp_path)
    assert standing.runs
    assert not Standing("postgres", "an address", "a test", f"pid {os.getpid()}", str(tmp_path)).runs
    standing.end()
    assert not standing.runs
    life.kill()


def test_ports_are_kept_and_are_not_those_that_clients_are_given(tmp_path: Path) -> None:
    assert ports_of(tmp_path) == ports_of(tmp_path)
    lowest = int(RANGE.read_text().split()[0]) if RANGE.exists() else LOWEST_EPHEMERAL
    assert all(port < lowest for port in free_ports(20))
