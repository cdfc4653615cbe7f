"""Views over logs in several feeds: places per feed, repeated facts, two folders at once, and readers of changes."""

import asyncio
import dataclasses
import random
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.bus.port import Feed
from shared.bus.projecting import fold_into, project, rebuild
from shared.documents.folding import Fold, fold_batch
from shared.documents.port import Documents, Mark
from shared.documents.sqlite import SqliteDocuments
from shared.events.envelope import Recorded
from tests.support.partitions import Partition, Partitions
from tests.unit.documents.sheets import SHEETS, VIEW, Sheet, noted, sheet, versions

DECODER = msgspec.json.Decoder(Sheet)
ALONE = dataclasses.replace(VIEW, collection=dataclasses.replace(SHEETS, name="alone"))
"""The same view, folded by one reader in one go: what every other way must lead to."""


def one_feed(facts: Sequence[Recorded]) -> Partition:
    feed = Partition("cases", "p")
    for fact in facts:
        feed.put(fact)
    return feed


async def folded_alone(documents: Documents, facts: Sequence[Recorded]) -> str:
    await documents.drop(ALONE.collection)
    await documents.prepare(ALONE.collection)
    await fold_batch(ALONE, documents, facts, len(facts))
    return await documents.fingerprint(ALONE.collection)


async def read_in_pieces(documents: Documents, feed: Feed, seed: int) -> None:
    """Fold a feed to its end as a consumer does that reads on from where the view stands, so many facts at a time."""
    sizes = random.Random(seed)
    while True:
        start = await documents.position(SHEETS, feed.name)
        batch = await feed.read(start, sizes.randint(1, 6))
        if not batch:
            break
        await fold_into([VIEW], documents, batch, batch[-1].position, feed.name, after=start)


async def test_every_feed_has_a_place_of_its_own(documents: Documents) -> None:
    parts = Partitions("cases", noted([1, 2, 3, 4, 5, 1, 2, 3, 4, 5]))
    first, second, third = parts.parts
    assert await project([VIEW], second, documents) == len(second.facts)
    assert await documents.positions(SHEETS) == {"cases/1": len(second.facts)}
    assert (await documents.position(SHEETS, first.name), await documents.position(SHEETS)) == (0, 0)
    await project([VIEW], first, documents)
    await project([VIEW], third, documents)
    assert await documents.positions(SHEETS) == {part.name: len(part.facts) for part in parts.parts}
    assert await documents.fingerprint(SHEETS) == await folded_alone(documents, noted([1, 2, 3, 4, 5] * 2))


@given(streams=st.lists(st.integers(1, 5), min_size=1, max_size=25), seed=st.integers(0, 99))
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_a_history_leaves_the_same_rows_in_every_store_by_every_way(
    documents: Documents, tmp_path: Path, streams: list[int], seed: int
) -> None:
    await documents.drop(SHEETS)
    await documents.prepare(SHEETS)
    facts = noted(streams)
    for feed in Partitions("cases", facts).parts:
        await read_in_pieces(documents, feed, seed)
    embedded = SqliteDocuments(tmp_path / "embedded.sqlite")
    assert await documents.fingerprint(SHEETS) == await folded_alone(embedded, facts)
    embedded.close()


async def test_two_folders_of_one_feed_leave_the_rows_of_one(documents: Documents) -> None:
    facts = noted([random.Random(3).randint(1, 9) for _ in range(60)])
    feed = one_feed(facts)
    await asyncio.gather(*(read_in_pieces(documents, feed, seed) for seed in range(3)))
    assert await documents.position(SHEETS, "p") == 60
    assert await documents.fingerprint(SHEETS) == await folded_alone(documents, facts)


async def test_what_a_folder_that_lost_its_feed_writes_late_changes_nothing(documents: Documents) -> None:
    facts = noted([1, 2, 1, 2, 1, 3])
    late = Fold(VIEW, documents)
    await late.take(facts[:4])
    await fold_batch(VIEW, documents, facts, 6, "p")
    before, mark = await documents.fingerprint(SHEETS), (await documents.changes(SHEETS, None)).mark
    await late.store(4, "p")
    assert await documents.fingerprint(SHEETS) == before
    assert await documents.position(SHEETS, "p") == 6
    assert (await documents.changes(SHEETS, mark)).rows == []


async def test_a_view_that_was_set_back_is_not_folded_into_but_caught_up_with(documents: Documents) -> None:
    facts = noted([1, 2, 3, 4, 5, 6])
    await fold_batch(VIEW, documents, facts[:2], 2, "p")
    assert await fold_into([VIEW], documents, facts[4:], 6, "p", after=4) == 2
    assert (len(await versions(documents)), await documents.position(SHEETS, "p")) == (2, 2)
    assert await fold_into([VIEW], documents, facts[2:], 6, "p", after=2) == 6
    assert (len(await versions(documents)), await documents.position(SHEETS, "p")) == (6, 6)


async def test_a_place_is_not_gone_on_from_that_was_never_reached(documents: Documents) -> None:
    await documents.save(SHEETS, [sheet(1)], 3, feed="p")
    await documents.save(SHEETS, [sheet(2)], 9, feed="p", after=6)
    assert await documents.position(SHEETS, "p") == 3
    await documents.save(SHEETS, [sheet(3)], 9, feed="q", after=6)
    assert await documents.positions(SHEETS) == {"p": 3}


async def test_changes_are_told_per_feed_and_none_is_left_out(documents: Documents) -> None:
    await documents.save(SHEETS, [sheet(1), sheet(2)], 100, feed="p")
    first = await documents.changes(SHEETS, None)
    assert (len(first.rows), first.mark.positions, first.anew) == (2, {"p": 100}, True)
    await documents.save(SHEETS, [sheet(3)], 1, feed="q")
    second = await documents.changes(SHEETS, first.mark)
    assert (len(second.rows), second.mark.positions, second.anew) == (1, {"p": 100, "q": 1}, False)
    await documents.save(SHEETS, [sheet(1, version=2)], 101, feed="p")
    assert len((await documents.changes(SHEETS, second.mark)).rows) == 1
    assert len((await documents.changes(SHEETS, first.mark)).rows) == 2


async def test_a_reader_beside_the_folders_of_three_feeds_misses_no_row(documents: Documents) -> None:
    log = Partitions("cases", noted([random.Random(5).randint(1, 40) for _ in range(240)]))
    seen: dict[UUID, int] = {}
    mark: Mark | None = None

    async def look() -> None:
        nonlocal mark
        changes = await documents.changes(SHEETS, mark)
        mark = changes.mark
        seen.update((row.id, row.version) for row in map(DECODER.decode, changes.rows))

    folders = asyncio.gather(*(read_in_pieces(documents, feed, seed) for seed, feed in enumerate(log.parts)))
    while not folders.done():
        await look()
        await asyncio.sleep(0)
    await folders
    await look()
    assert seen == await versions(documents)


async def test_after_a_rebuild_a_reader_of_changes_is_given_everything_anew(documents: Documents) -> None:
    log = Partitions("cases", noted([1, 2, 3, 1]), count=1)
    await project([VIEW], log.parts[0], documents)
    mark = (await documents.changes(SHEETS, None)).mark
    await rebuild(VIEW, log, documents, lambda _done: None)
    changes = await documents.changes(SHEETS, mark)
    assert (changes.anew, len(changes.rows), changes.mark.positions) == (True, 3, mark.positions)
    again = await documents.changes(SHEETS, changes.mark)
    assert (again.anew, again.rows) == (False, [])


async def test_a_rebuild_reads_every_feed_as_far_as_the_served_view(documents: Documents) -> None:
    facts = noted([1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7])
    log = Partitions("cases", facts)
    behind, *others = log.parts
    await fold_batch(VIEW, documents, behind.facts[:3], 3, behind.name)
    for feed in others:
        await project([VIEW], feed, documents)
    places = await documents.positions(SHEETS)
    told: list[int] = []
    result = await rebuild(VIEW, log, documents, told.append)
    assert (result.equal, result.facts, sum(told)) == (True, sum(places.values()), sum(places.values()))
    assert await documents.positions(SHEETS) == places
    await project([VIEW], behind, documents)
    assert await documents.fingerprint(SHEETS) == await folded_alone(documents, facts)
