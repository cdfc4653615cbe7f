"""While the record is locked a worker's message is taken all the same, and lies on the record afterwards, once."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from tests.support.app import System, embedded, running

PREFIX = "/intake/v1"


def sent(system: System, number: int) -> Any:
    body = {"channel": "form", "account": "web", "external_id": f"s-{number}", "text": f"They beat us {number}"}
    return system.channel.post(f"{PREFIX}/messages", body)


def waiting(system: System) -> int:
    return int(system.http.get("/readyz").json()["spooled"]["intake.waiting"])


def test_a_locked_record_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    with running(embedded(tmp_path)) as system:
        (record,) = (path for path in (tmp_path / "intake").glob("*.sqlite") if path.name != "views.sqlite")
        lock = sqlite3.connect(record, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        taken = [sent(system, number) for number in (1, 2, 1)]
        assert [answer.status_code for answer in taken] == [202, 202, 202]
        assert taken[0].json()["receipt"] == taken[2].json()["receipt"]
        assert waiting(system) == 3
        assert 'redress_spooled{state="intake.waiting"} 3.0' in system.admin.get("/metrics").text
        lying = b"".join(path.read_bytes() for path in (tmp_path / "intake" / "spool").iterdir())
        assert b"They beat us" not in lying
        lock.execute("ROLLBACK")
        lock.close()
        until = time.monotonic() + 20
        while waiting(system) and time.monotonic() < until:
            time.sleep(0.1)
        again = [sent(system, number) for number in (1, 2)]
        assert [answer.status_code for answer in again] == [200, 200]
        assert [one.json()["message_id"] for one in again] == [one.json()["message_id"] for one in taken[:2]]
