"""A court may order that the bytes themselves go: the fact keeps its place, and the hash of what it was stays."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.cli.vaulting import records_of, redact_fact
from shared.errors import NotFoundError
from shared.events.intake import FactRedacted
from tests.http.cases_desk import HANDLING, ROOT, do, open_case
from tests.support.app import System, embedded, running

NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
ORDER = "Labour Court 114/2569"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system on a folder: the bytes of its files are what is looked at."""
    with running(embedded(tmp_path_factory.mktemp("data"))) as started:
        yield started


def stored(system: System, case_id: str, version: int) -> bytes:
    with closing(sqlite3.connect(system.house.data / "cases" / "record.sqlite")) as record:
        place = (UUID(case_id).hex, version)
        statement = "SELECT state FROM stored_events WHERE originator_id = ? AND originator_version = ?"
        return bytes(record.execute(statement, place).fetchone()[0])


async def redacted(system: System, case_id: str, version: int) -> FactRedacted:
    subjects = system.house.services["intake"].application.subjects
    records = records_of(system.house.data, system.house.services)
    return await redact_fact(
        subjects, records, service="cases", stream=case_id, version=version, ordered_by=ORDER, now=NOW
    )


async def test_the_words_go_and_the_hash_of_what_was_stays(system: System) -> None:
    case_id = open_case(system.operator, summary="They keep our passports")
    do(system.operator, case_id, "note", text="Calls after 20:00")
    before = stored(system, case_id, 2)
    fact = await redacted(system, case_id, 2)
    assert fact.sha256 == hashlib.sha256(before).hexdigest()
    assert before not in (system.house.data / "cases" / "record.sqlite").read_bytes()
    history = system.operator.get(f"{ROOT}/cases/{case_id}/events", headers=HANDLING).json()["items"]
    assert [one["data"].get("text", one["data"].get("summary")) for one in history] == [
        "They keep our passports",
        "[erased]",
    ]


async def test_it_is_on_record_once_with_who_ordered_it(system: System) -> None:
    case_id = open_case(system.operator, summary="They keep our passports")
    first = await redacted(system, case_id, 1)
    assert await redacted(system, case_id, 1) == first
    facts = await system.house.stores["intake"].read(0, 1000)
    said = [one.event for one in facts if isinstance(one.event, FactRedacted) and str(one.event.stream_id) == case_id]
    assert said == [first]
    assert first.ordered_by == ORDER


async def test_what_is_not_there_cannot_be_redacted(system: System) -> None:
    with pytest.raises(NotFoundError):
        await redacted(system, open_case(system.operator), 7)
