"""Facts of old shapes read as today's, step by step."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

import msgspec
import pytest

from shared.errors import CorruptRecordError
from shared.events import Event, upcasting
from shared.events.envelope import Instant
from shared.events.upcasting import Upcaster
from shared.eventstore.mapper import EventMapper
from tests.contracts.documents import golden_file


class PassportKept(Event, frozen=True, kw_only=True):
    """An invented fact in its third shape: first `boss` and `days`, then `keeper` and `days`, now `hours`."""

    TOPIC: ClassVar[str] = "cases.passport-kept"
    STREAM: ClassVar[str] = "cases.case"
    VERSION: ClassVar[int] = 3
    keeper: str
    hours: int
    since: Instant | None = None


def renamed(members: dict[str, Any]) -> dict[str, Any]:
    return {"keeper": members["boss"], "days": members["days"]}


def in_hours(members: dict[str, Any]) -> dict[str, Any]:
    return {"keeper": members["keeper"], "hours": members["days"] * 24}


STEPS: Mapping[tuple[str, int], Upcaster] = {
    (PassportKept.TOPIC, 1): renamed,
    (PassportKept.TOPIC, 2): in_hours,
}


def read(version: int, **members: Any) -> Event:
    return upcasting.read(PassportKept, version, msgspec.Raw(msgspec.json.encode(members)), STEPS)


@pytest.mark.parametrize(
    ("version", "members"),
    [
        (1, {"boss": "the agent", "days": 3}),
        (2, {"keeper": "the agent", "days": 3}),
        (3, {"keeper": "the agent", "hours": 72}),
    ],
)
def test_every_shape_that_was_ever_stored_reads_as_the_same_fact(version: int, members: dict[str, Any]) -> None:
    assert read(version, **members) == PassportKept(keeper="the agent", hours=72)


@pytest.mark.parametrize(
    ("version", "members"),
    [(1, {"keeper": "the agent", "days": 3}), (2, {"keeper": "the agent"}), (3, {"boss": "the agent", "days": 3})],
)
def test_members_of_another_shape_than_the_version_says_do_not_read(version: int, members: dict[str, Any]) -> None:
    with pytest.raises(CorruptRecordError, match=rf"version {version} does not read as version 3"):
        read(version, **members)


def test_a_missing_step_is_named() -> None:
    data = msgspec.Raw(b'{"boss":"the agent","days":3}')
    with pytest.raises(CorruptRecordError, match="add the missing step"):
        upcasting.read(PassportKept, 1, data, {(PassportKept.TOPIC, 1): renamed})


def test_a_fact_of_a_newer_release_asks_for_that_release() -> None:
    with pytest.raises(CorruptRecordError, match="newer Redress"):
        read(4, keeper="the agent", hours=72)


def test_an_old_record_on_the_disk_reads_as_the_fact_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    for version, step in STEPS.items():
        monkeypatch.setitem(cast("dict[tuple[str, int], Upcaster]", upcasting.UPCASTERS), version, step)
    wire = msgspec.json.decode(golden_file("cases.note-added", 1).read_bytes())
    head = wire["envelope"] | {"type": PassportKept.TOPIC, "type_version": 1}
    stored = msgspec.json.encode({"envelope": head, "data": {"boss": "the agent", "days": 3}})
    recorded = EventMapper({PassportKept.TOPIC: PassportKept}).read(PassportKept.TOPIC, stored, 5)
    assert (recorded.event, recorded.position) == (PassportKept(keeper="the agent", hours=72), 5)
