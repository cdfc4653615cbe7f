"""An auditor's day: take the export away, verify it with nothing but a key, and notice whatever was changed in it."""

import json
import re
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.process.serving import System, system
from tests.support.authority import authority
from tests.support.commands import command as redress

pytestmark = pytest.mark.process

CASES = "/cases/v1/cases"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with some cases in it, and its export beside it."""
    folder = tmp_path_factory.mktemp("lived")
    with system(folder) as running:
        for number in range(40):
            case = running.post(CASES, {"channel": "line", "language": "th", "summary": f"case {number}"})
            running.post(f"{CASES}/{case['case_id']}/note", {"text": "Seen."})
        keep_what_is_said_over_http(running, folder)
        running.stop()
    exported = redress("ledger", "export", str(folder / "export"), "--data", str(folder / "data"))
    assert exported.returncode == 0, exported.stderr
    return folder


def keep_what_is_said_over_http(running: System, folder: Path) -> None:
    """Verify the running system from outside, once knowing nothing but its key and once as an auditor."""
    address = f"{running.url}/reporting/v1/ledger"
    signed_over(running, 80)
    shown = running.ask("GET", "/reporting/v1/ledger").json()["items"]
    keys = [word for one in shown for key in one["keys"] for word in ("--key", key)]
    ran = redress("verify", address, *keys)
    (folder / "over-http").write_text(f"{ran.returncode}\n{ran.stdout}")
    ran = redress("verify", address, *keys, "--reader", str(running.data / "admin.key"))
    (folder / "over-http-as-auditor").write_text(f"{ran.returncode}\n{ran.stdout}")


def signed_over(running: System, facts: int) -> None:
    """Wait until the cases' ledger is signed over so many facts."""
    given_up = time.monotonic() + 30
    while running.ask("GET", "/reporting/v1/ledger").json()["items"] == [] or facts > max(
        one["size"] for one in running.ask("GET", "/reporting/v1/ledger").json()["items"] if one["service"] == "cases"
    ):
        assert time.monotonic() < given_up, "not signed in time"
        time.sleep(0.1)


def facts_of(folder: Path) -> int:
    return len((folder / "export" / "cases" / "events.jsonl").read_bytes().splitlines())


def keys_of(folder: Path) -> list[str]:
    shown = redress("ledger", "show", "--data", str(folder / "data")).stdout
    return [word for line in shown.splitlines() if line.startswith("  ") for word in ("--key", line.strip())]


def verified(folder: Path, export: Path, *more: str) -> tuple[int, str]:
    ran = redress("verify", str(export), *keys_of(folder), *more)
    return ran.returncode, ran.stdout


def test_what_was_not_changed_holds(lived: Path) -> None:
    code, said = verified(lived, lived / "export")
    assert code == 0, said
    assert f"cases: {facts_of(lived)} facts" in said
    assert "BAD" not in said


@pytest.mark.parametrize(("file", "shown"), [("over-http", "hash alone"), ("over-http-as-auditor", "envelope")])
def test_a_running_system_is_verified_from_outside(lived: Path, file: str, shown: str) -> None:
    code, *said = (lived / file).read_text().splitlines()
    of_cases = next(line for line in said if line.startswith("cases: "))
    assert (code, "BAD" in said) == ("0", False), said
    assert f"{of_cases.split()[1]} shown by {shown}" in of_cases


def test_the_files_of_a_log_alone_are_enough_for_its_tree(lived: Path) -> None:
    code, said = verified(lived, lived / "export" / "cases" / "ledger")
    assert (code, f"cases: {facts_of(lived)} facts" in said) == (0, True), said


def test_an_address_without_ledgers_is_told_to_be_none(lived: Path) -> None:
    ran = redress("verify", "http://127.0.0.1:9/reporting/v1/ledger", *keys_of(lived))
    assert (ran.returncode, "cannot be reached" in ran.stderr) == (1, True)


def test_what_is_exported_for_one_tenant_masks_the_others_and_holds(lived: Path, tmp_path: Path) -> None:
    made = redress("ledger", "export", str(tmp_path / "away"), "--tenant", "away", "--data", str(lived / "data"))
    assert made.returncode == 0, made.stderr
    lines = (tmp_path / "away" / "cases" / "events.jsonl").read_text().splitlines()
    assert len(lines) == facts_of(lived)
    assert {tuple(json.loads(line)) for line in lines} == {("leaf_hash",)}
    code, said = verified(lived, tmp_path / "away")
    assert (code, f"{len(lines)} shown by hash alone" in said) == (0, True), said


def test_another_key_verifies_nothing(lived: Path) -> None:
    key = "somebody/cases+00000000+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    assert redress("verify", str(lived / "export"), "--key", key).returncode != 0


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("change a byte", "from index 7: the fact is not the one"),
        ("drop", "from index 7: "),
        ("reorder", "from index 7: "),
        ("insert", "from index 7: "),
        ("back-date", "from index 7: the fact is not the one"),
        ("cut the end off", "facts are missing"),
    ],
)
def test_whatever_is_changed_in_an_export_is_named_by_its_index(
    lived: Path, tmp_path: Path, tampering: str, found: str
) -> None:
    shutil.copytree(lived / "export", tmp_path / "export")
    file = tmp_path / "export" / "cases" / "events.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    changed = {
        "change a byte": [*lines[:7], lines[7].replace(b'"data":{', b'"data":{ ', 1), *lines[8:]],
        "drop": [*lines[:7], *lines[8:]],
        "reorder": [*lines[:7], lines[8], lines[7], *lines[9:]],
        "insert": [*lines[:7], lines[6], *lines[7:]],
        "back-date": [*lines[:7], lines[7].replace(b'"occurred_at":"20', b'"occurred_at":"19', 1), *lines[8:]],
        "cut the end off": lines[:-10],
    }[tampering]
    file.write_bytes(b"".join(changed))
    code, said = verified(lived, tmp_path / "export")
    assert code == 1
    assert found in said, said


def test_a_tile_that_was_swapped_is_noticed(lived: Path, tmp_path: Path) -> None:
    shutil.copytree(lived / "export", tmp_path / "export")
    (tile,) = (tmp_path / "export" / "cases" / "ledger" / "tile" / "0").rglob(str(facts_of(lived)))
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    code, said = verified(lived, tmp_path / "export")
    assert (code, "from index 0" in said) == (1, True)


def test_a_proof_of_a_case_holds_offline(lived: Path, tmp_path: Path) -> None:
    facts = map(json.loads, (lived / "export" / "cases" / "events.jsonl").read_bytes().splitlines())
    opened = next(fact["envelope"] for fact in facts if fact["envelope"]["type"] == "cases.case-opened")
    case_id, file = opened["stream_id"], tmp_path / "case.tlog-proof"
    made = redress("prove", "cases", case_id, "--to", str(file), "--data", str(lived / "data"))
    assert made.returncode == 0, made.stderr
    checked = redress("verify-proof", str(file), *keys_of(lived))
    assert checked.returncode == 0, checked.stderr
    assert "cases.note-added" in checked.stdout
    moved = re.sub(r"\nindex (\d+)\n", lambda at: f"\nindex {int(at[1]) + 1}\n", file.read_text())
    file.write_text(moved)
    assert redress("verify-proof", str(file), *keys_of(lived)).returncode != 0


def test_a_record_that_was_rolled_back_is_not_signed_until_a_new_log_is_begun(lived: Path, tmp_path: Path) -> None:
    shutil.copytree(lived / "data", tmp_path / "data")
    with closing(sqlite3.connect(tmp_path / "data" / "cases" / "record.sqlite")) as record:
        record.execute("DELETE FROM stored_events WHERE rowid > 50")
        record.commit()
    data = ("--data", str(tmp_path / "data"))
    shown = redress("ledger", "show", *data).stdout
    assert f"REFUSED: {facts_of(lived)} facts were signed, and the record has 50: it was rolled back" in shown
    renewed = redress("ledger", "renew", "cases", "--reason", "Restored from a back-up of Friday.", *data)
    assert renewed.returncode == 0, renewed.stderr
    exported = redress("ledger", "export", str(tmp_path / "export"), *data)
    assert exported.returncode == 0, exported.stderr
    said = redress("verify", str(tmp_path / "export"), *keys_of(tmp_path)).stdout
    assert "cases: 50 facts" in said
    assert "intake.ledger-renewed" in (tmp_path / "export" / "intake" / "events.jsonl").read_text()
    assert "/cases-2+" in redress("ledger", "show", *data).stdout


def test_a_stamped_record_tells_when_it_was_there(lived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(lived / "data", tmp_path / "data")
    data = ("--data", str(tmp_path / "data"))
    refused = redress("ledger", "stamp", *data)
    assert (refused.returncode, "REDRESS_LEDGER_STAMP_ADDRESS" in refused.stderr) == (1, True)
    with authority(tmp_path / "authority") as one:
        monkeypatch.setenv("REDRESS_LEDGER_STAMP_ADDRESS", one.url)
        monkeypatch.setenv("REDRESS_LEDGER_STAMP_CERTIFICATES", str(one.certificates))
        stamped = redress("ledger", "stamp", *data)
        assert stamped.returncode == 0, stamped.stderr
    assert redress("ledger", "export", str(tmp_path / "export"), *data).returncode == 0
    said = redress(
        "verify", str(tmp_path / "export"), *keys_of(tmp_path), "--certificates", str(one.certificates)
    ).stdout
    assert f"cases: {facts_of(tmp_path)} facts were there at 20" in said
    assert "Everything holds." in said


def test_after_a_rotation_the_old_key_and_the_new_one_verify(lived: Path, tmp_path: Path) -> None:
    shutil.copytree(lived / "data", tmp_path / "data")
    old = keys_of(tmp_path)
    data = ("--data", str(tmp_path / "data"))
    assert redress("ledger", "rotate", *data).returncode == 0
    exported = redress("ledger", "export", str(tmp_path / "export"), *data)
    assert exported.returncode == 0, exported.stderr
    new = [word for pair in zip(keys_of(tmp_path)[::2], keys_of(tmp_path)[1::2], strict=True) for word in pair]
    assert len(new) == 2 * len(old)
    for keys in (old, new):
        ran = redress("verify", str(tmp_path / "export"), *keys)
        assert ran.returncode == 0, ran.stdout
