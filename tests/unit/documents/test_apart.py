"""Views in which each fact has a row of its own: folded, built anew and mended like the others."""

import dataclasses

import pytest

from shared.bus.mending import mend
from shared.bus.projecting import project, rebuild
from shared.documents.folding import Projection
from shared.documents.port import Collection, Documents, Query
from shared.errors import InvalidError, TryLaterError
from shared.events.cases import CASE, NoteAdded
from shared.events.envelope import Recorded
from shared.ids import derived_id
from tests.support.partitions import Partition, Partitions
from tests.unit.documents.sheets import SHEETS, START, Sheet, noted


def one_row(row: Sheet | None, recorded: Recorded) -> Sheet:
    assert row is None
    assert isinstance(recorded.event, NoteAdded)
    head = recorded.envelope
    return Sheet(id=derived_id("apart", head.stream_id.hex, str(head.stream_version)), name=recorded.event.text)


def odd(recorded: Recorded) -> bool:
    return recorded.envelope.stream_version % 2 == 1


APART: Projection[Sheet] = Projection(SHEETS, "cases", CASE, one_row, apart=odd)


def a_feed() -> tuple[Partitions, Partition]:
    parts = Partitions("cases", noted([1, 1, 1, 2, 2, 1]), 1)
    return parts, parts.parts[0]


async def names(documents: Documents, collection: Collection[Sheet] = SHEETS) -> list[str]:
    return sorted(row.name for row in (await documents.find(collection, Query(limit=100))).rows)


async def test_each_wanted_fact_has_a_row_once(documents: Documents) -> None:
    parts, feed = a_feed()
    await project([APART], feed, documents)
    assert await names(documents) == ["1.1 ", "1.3 ", "2.1 "]
    assert (await rebuild(APART, parts, documents, lambda _: None)).equal
    assert await names(documents) == ["1.1 ", "1.3 ", "2.1 "]


async def test_a_wrong_row_is_mended(documents: Documents) -> None:
    parts, feed = a_feed()
    await project([APART], feed, documents)
    (row, *_) = (await documents.find(SHEETS, Query())).rows
    right, row.name = row.name, "faked"
    reached = await documents.position(SHEETS, feed.name)
    await documents.save(SHEETS, [row], reached, feed=feed.name, after=reached)
    assert (await mend(APART, parts, documents, START, lambda _: None)).mended == 1
    assert right in await names(documents)


async def test_what_is_away_is_waited_for_and_what_cannot_be_folded_is_parked(documents: Documents) -> None:
    _, feed = a_feed()
    stuck = derived_id("sheet", "1")

    def away(_row: Sheet | None, _recorded: Recorded) -> Sheet:
        raise TryLaterError("The vault is away.")

    def picky(row: Sheet | None, recorded: Recorded) -> Sheet:
        if recorded.envelope.stream_id == stuck:
            raise InvalidError("No.")
        return one_row(row, recorded)

    with pytest.raises(TryLaterError):
        await project([dataclasses.replace(APART, fold=away)], feed, documents)
    assert await documents.position(SHEETS, feed.name) == 0
    await project([dataclasses.replace(APART, fold=picky)], feed, documents)
    assert await documents.parked(SHEETS) == {stuck}
    assert await names(documents) == ["2.1 "]
