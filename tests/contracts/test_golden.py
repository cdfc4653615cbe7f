"""Facts as they were once stored: they read for ever, and are written again to the very same bytes."""

from pathlib import Path

import msgspec
import pytest

from shared.errors import CorruptRecordError
from shared.events import REGISTRY, envelope
from shared.eventstore.mapper import EventMapper
from tests.contracts.documents import GOLDEN, golden_file

CORPUS = sorted(GOLDEN.glob("*.json"))


def test_every_version_of_every_event_is_in_the_corpus() -> None:
    versions = {
        golden_file(topic, version) for topic, kind in REGISTRY.items() for version in range(1, kind.VERSION + 1)
    }
    assert set(CORPUS) == versions


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: file.stem)
def test_a_stored_fact_reads_and_is_written_to_the_same_bytes(file: Path) -> None:
    topic, _, number = file.stem.rpartition(".v")
    stored = file.read_bytes()
    recorded = EventMapper().read(topic, stored, 7)
    assert isinstance(recorded.event, REGISTRY[topic])
    assert recorded.envelope.type_version == int(number)
    assert recorded.position == 7
    if int(number) == recorded.event.VERSION:
        assert without_younger_members(envelope.encode(recorded.envelope, recorded.event), stored) == stored


def without_younger_members(written: bytes, stored: bytes) -> bytes:
    """Leave out members that the class got later, as optional ones, without a new version."""
    then, now = msgspec.json.decode(stored), msgspec.json.decode(written)
    for part in ("envelope", "data"):
        younger = set(now[part]) - set(then[part])
        now[part] = {name: value for name, value in now[part].items() if name not in younger}
    return msgspec.json.encode(now)


def test_a_fact_that_lacks_a_member_does_not_read() -> None:
    stored = golden_file("cases.note-added", 1).read_bytes()
    with pytest.raises(CorruptRecordError, match=r"cases\.note-added"):
        EventMapper().read("cases.note-added", stored.replace(b'"text":', b'"words":'), 1)


def test_a_fact_of_a_future_version_does_not_read() -> None:
    stored = golden_file("cases.note-added", 1).read_bytes()
    with pytest.raises(CorruptRecordError, match="version 9"):
        EventMapper().read("cases.note-added", stored.replace(b'"type_version":1', b'"type_version":9'), 1)
