"""The system is killed under load, at moments nobody chose, and every promise it made is kept."""

import os
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.chaos.caller import Caller
from tests.chaos.promises import Promises, load
from tests.process.serving import PATIENCE, redress, system

KILLS = int(os.environ.get("REDRESS_CHAOS_KILLS", "4"))
SEED = int(os.environ.get("REDRESS_CHAOS_SEED", "2026"))
SOME = 200

pytestmark = [pytest.mark.process, pytest.mark.timeout(60 + 30 * KILLS)]


def test_what_was_acknowledged_is_there_once_after_every_kill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    promises, chance = Promises(), random.Random(SEED)
    for _ in range(KILLS):
        kill_under_load(tmp_path, promises, after=chance.uniform(0.3, 1.5))

    with system(tmp_path) as running, closing(Caller(running)) as caller:
        repeated = ask_again(caller, promises, chance)
        every_message_is_shown(caller, promises)
        every_note_is_shown_once_in_order(caller, promises)
        data = running.data
        running.stop()
    facts = the_logs_are_whole(data, promises)

    for service in ("intake", "cases", "notify", "reporting"):
        rebuilt = redress("rebuild", service, "--data", str(data))
        assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
        assert "DIFFERENT" not in rebuilt.stdout
    with capsys.disabled():
        notes = sum(map(len, promises.notes.values()))
        print(  # noqa: T201 - the counts are what this run has to say
            f"\n{KILLS} kills: {len(promises.messages)} messages and {notes} notes acknowledged, {repeated} asked "
            f"again, {facts} facts on record, nothing lost, nothing twice, views equal a rebuild"
        )


def kill_under_load(folder: Path, promises: Promises, after: float) -> None:
    """Start, let callers go on for a while, and kill the process among them."""
    with system(folder) as running, load(running, promises):
        time.sleep(after)
        running.kill()


def ask_again(caller: Caller, promises: Promises, chance: random.Random) -> int:
    """Repeat some acknowledged messages, and all whose answer never came; return how many."""
    sample = chance.sample(sorted(promises.messages), min(SOME, len(promises.messages)))
    assert sample
    for external_id in sample:
        promises.settle(caller, external_id, {200})
    for external_id in promises.unanswered:
        promises.settle(caller, external_id, {200, 202})
    return len(sample) + len(promises.unanswered)


def every_message_is_shown(caller: Caller, promises: Promises) -> None:
    newest = max((one["position"] for one in promises.messages.values()), key=place)
    wait_until_all_are_filed(caller, newest, promises)
    for external_id, promised in promises.messages.items():
        status, shown = caller.ask("GET", f"/intake/v1/messages/{promised['message_id']}")
        assert (status, shown["receipt"]) == (200, promised["receipt"]), external_id
        assert shown["report_id"], external_id


def wait_until_all_are_filed(caller: Caller, newest: str, promises: Promises) -> None:
    """Ask with the newest position until the system has filed that far; it may need a while after its kills."""
    some = next(iter(promises.messages.values()))["message_id"]
    given_up = time.monotonic() + PATIENCE
    while caller.ask("GET", f"/intake/v1/messages/{some}", wait=newest)[0] != 200:
        assert time.monotonic() < given_up, "the messages were not filed in time"


def every_note_is_shown_once_in_order(caller: Caller, promises: Promises) -> None:
    for case_id, kept in promises.notes.items():
        status, shown = caller.ask("GET", f"/cases/v1/cases/{case_id}/events", purpose="review")
        assert status == 200
        told = [fact["data"]["text"] for fact in shown["items"] if fact["envelope"]["type"] == "cases.note-added"]
        assert told[: len(kept)] == kept
        assert len(told) - len(kept) <= 1, "at most the note that was under way came without an answer"


def place(position: str) -> int:
    """Return the place in the log that a position token names."""
    return int(position.rpartition(":")[2])


def the_logs_are_whole(data: Path, promises: Promises) -> int:
    """Look into the records: dense positions, dense streams, each message received once and filed once."""
    facts = 0
    for service in ("intake", "cases"):
        with closing(sqlite3.connect(data / service / "record.sqlite")) as log:
            assert log.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            count, last = log.execute("SELECT COUNT(*), MAX(rowid) FROM stored_events").fetchone()
            torn = (
                "SELECT COUNT(*) FROM stored_events GROUP BY originator_id HAVING COUNT(*) <> MAX(originator_version)"
            )
            assert log.execute(torn).fetchall() == []
        assert count == last
        facts += count
    with closing(sqlite3.connect(data / "intake" / "record.sqlite")) as log:
        kind = "SELECT originator_id, MIN(rowid), COUNT(*) FROM stored_events WHERE topic = ? GROUP BY originator_id"
        received = {stream: (place, times) for stream, place, times in log.execute(kind, ("intake.message-received",))}
        filed = {stream: times for stream, _, times in log.execute(kind, ("intake.message-filed",))}
    assert len(received) == len(promises.messages)
    for promised in promises.messages.values():
        stream = promised["message_id"].replace("-", "")
        assert received[stream] == (place(promised["position"]), 1)
        assert filed[stream] == 1
    return facts
