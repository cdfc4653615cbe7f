"""A report is checked by who trusts nobody: a changed digit, a changed definition and a missing fact are named."""

import json
import shutil
import sqlite3
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from services.__main__ import BUILDERS
from services.reporting.bootstrap import verify
from services.reporting.views.definitions import Definition, read_definitions
from shared.clock import system_clock
from shared.embedded import open_existing
from tests.http.cases_desk import TRIAGE, do, open_case
from tests.support.app import embedded, running
from tests.support.commands import command

Told = tuple[Path, bytes]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A data folder after some cases, and a report on them."""
    folder = tmp_path_factory.mktemp("data")
    with running(embedded(folder)) as system:
        for workers in (3, 5, 8):
            case_id = open_case(system.operator, workers=workers, country="TH")
            done = do(system.operator, case_id, "triage", **TRIAGE)
        answer = system.auditor.get(
            "/reporting/v1/reports/volume", wait=done["position"], group_by="country", known_at=now()
        )
    return folder, answer.content


def now() -> str:
    return system_clock().isoformat()


async def found(folder: Path, report: bytes, definitions: dict[str, Definition] | None = None) -> list[tuple[str, str]]:
    """Check a report against a folder."""
    house = open_existing(folder, BUILDERS)
    try:
        documents = house.host.services["reporting"].documents
        ledgers = {name: one.ledger.shelf for name, one in house.services.items() if one.ledger is not None}
        findings = await verify(report, house.stores, documents, folder / "verifying", definitions, ledgers=ledgers)
    finally:
        house.close()
    return [(one.kind, one.words) for one in findings]


async def test_a_true_report_is_computed_again_bit_for_bit(told: Told) -> None:
    folder, report = told
    assert json.loads(report)["rows"]
    assert await found(folder, report) == []


async def test_a_changed_digit_is_named_with_its_row_and_column(told: Told) -> None:
    folder, report = told
    document: dict[str, Any] = json.loads(report)
    document["rows"][-1]["workers"] += 1

    findings = await found(folder, json.dumps(document).encode())

    assert [kind for kind, _ in findings] == ["stamp", "figure"]
    assert "workers: the report says 17, the record 16" in findings[1][1]


async def test_the_report_stands_on_the_signed_root_of_just_the_facts_that_were_read(
    told: Told,
) -> None:
    folder, report = told
    document: dict[str, Any] = json.loads(report)
    assert document["ledger"]["cases"]["size"] == document["positions"]["cases"]
    document["ledger"]["cases"]["root"] = b64encode(bytes(32)).decode()

    findings = await found(folder, json.dumps(document).encode())

    assert [kind for kind, _ in findings] == ["stamp", "record"]
    assert findings[1][1].startswith("cases: over ")


def test_what_was_known_then_is_answered_with_the_same_bytes_whenever_it_is_asked(tmp_path: Path) -> None:
    with running(embedded(tmp_path)) as system:
        opened = do(system.operator, open_case(system.operator), "triage", **TRIAGE)
        at = now()
        asked = f"/reporting/v1/reports/volume?{urlencode({'group_by': 'country', 'as_of': at, 'known_at': at})}"
        first = system.auditor.get(asked, wait=opened["position"])
        later = do(system.operator, open_case(system.operator), "triage", **TRIAGE)
        again = system.auditor.get(asked, wait=later["position"])
    assert (first.content, "cases" in first.json()["ledger"]) == (again.content, True)


async def test_a_changed_definition_is_named(told: Told) -> None:
    folder, report = told
    definitions = dict(read_definitions())
    changed = msgspec.structs.replace(definitions["volume"], sha256="0" * 64)

    findings = await found(folder, report, {**definitions, "volume": changed})

    assert [kind for kind, _ in findings] == ["definition"]
    assert "'volume'" in findings[0][1]


async def test_a_missing_fact_is_named_with_its_place(told: Told, tmp_path: Path) -> None:
    folder, report = told
    robbed = tmp_path / "data"
    shutil.copytree(folder, robbed)
    with closing(sqlite3.connect(robbed / "cases" / "record.sqlite")) as database, database:
        database.execute("delete from stored_events where rowid = 3")

    findings = await found(robbed, report)

    assert ("record", "cases: nothing is recorded at 3.") in findings


def test_an_auditor_needs_no_more_than_the_export_and_the_key(told: Told, tmp_path: Path) -> None:
    folder, report = told
    file, export = tmp_path / "volume.json", tmp_path / "export"
    file.write_bytes(report)
    shutil.copytree(folder, tmp_path / "data")
    data = ("--data", str(tmp_path / "data"))
    assert command("ledger", "export", str(export), *data).returncode == 0
    lines = command("ledger", "show", *data).stdout.splitlines()
    keys = [word for line in lines if line.startswith("  ") for word in ("--key", line.strip())]
    shutil.rmtree(tmp_path / "data")

    true = command("report", "verify", str(file), "--export", str(export), *keys)
    assert (true.returncode, "the same, number by number" in true.stdout) == (0, True), true.stdout

    document: dict[str, Any] = json.loads(report)
    document["rows"][-1]["workers"] += 1
    file.write_bytes(json.dumps(document).encode())
    changed = command("report", "verify", str(file), "--export", str(export), *keys)
    assert (changed.returncode, "the report says 17, the record 16" in changed.stdout) == (1, True), changed.stdout

    file.write_bytes(report)
    events = export / "cases" / "events.jsonl"
    events.write_bytes(b"".join(events.read_bytes().splitlines(keepends=True)[1:]))
    missing = command("report", "verify", str(file), "--export", str(export), *keys)
    assert (missing.returncode, "from index 0" in missing.stderr) == (1, True), missing.stderr
