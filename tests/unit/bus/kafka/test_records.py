"""A fact as a Kafka record: the stored bytes unchanged, the headers of CloudEvents, and what cannot be read."""

from pathlib import Path

import pytest
import pytest_asyncio

from shared.bus.kafka.records import incoming, outgoing
from shared.errors import CorruptRecordError
from shared.events.envelope import Unreadable
from shared.eventstore.mapper import EventMapper
from shared.eventstore.sqlite import SqliteEventStore
from shared.eventstore.store import Stored
from tests.unit.eventstore.test_store import STREAM, context, note


@pytest_asyncio.fixture
async def stored(tmp_path: Path) -> Stored:
    store = SqliteEventStore(tmp_path / "record.sqlite", "cases")
    await store.write(context(), note("first"))
    (fact,) = await store.read_stored(0, 10)
    store.close()
    return fact


async def test_a_record_carries_the_stored_bytes_and_says_what_they_are(stored: Stored) -> None:
    record = outgoing(stored)
    headers = dict(record.headers)
    assert record.value == stored.state
    assert record.key == str(STREAM).encode()
    assert record.stream == "cases.case"
    assert headers["ce_type"] == b"cases.note-added"
    assert headers["ce_source"] == b"urn:redress:cases"
    assert (headers["ce_sequence"], headers["ce_position"]) == (b"1", b"1")
    assert headers["ce_subject"] == record.key


async def test_a_record_reads_back_as_the_fact_with_its_place_in_the_partition(stored: Stored) -> None:
    record = outgoing(stored)
    fact = incoming(EventMapper(), "topic", 41, record.headers, record.value)
    assert fact.position == 42
    assert fact.envelope.stream_id == STREAM
    assert fact.event.TOPIC == "cases.note-added"


async def test_a_fact_of_a_later_version_is_unreadable_but_keeps_its_place_in_the_stream(stored: Stored) -> None:
    record = outgoing(stored)
    headers = [(name, b"cases.from-the-future" if name == "ce_type" else value) for name, value in record.headers]
    fact = incoming(EventMapper(), "topic", 0, headers, record.value)
    assert fact.event == Unreadable(state=record.value)
    assert (fact.envelope.stream_id, fact.envelope.stream_version) == (STREAM, 1)


async def test_a_record_that_somebody_else_wrote_is_refused_by_its_place_and_never_quoted(stored: Stored) -> None:
    del stored
    with pytest.raises(CorruptRecordError, match="record 7 of topic") as caught:
        incoming(EventMapper(), "topic", 7, [("ce_subject", b"Daw Mya 09-123")], b"Daw Mya 09-123")
    assert "Mya" not in str(caught.value)
