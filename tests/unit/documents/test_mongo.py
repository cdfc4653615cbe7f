"""What holds on MongoDB only: writes that end in the middle, swaps that end in the middle, loops, and its absence."""

import asyncio
import dataclasses
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import pytest_asyncio

from shared.bus.projecting import project, rebuild
from shared.documents import mongo_client
from shared.documents.folding import Fold, fold_batch
from shared.documents.mongo import MongoDocuments
from shared.documents.mongo_client import Stored
from shared.documents.mongo_query import Filter
from shared.documents.port import Collection, Query, R
from shared.documents.storing import stored_name
from shared.errors import PoisonError, SettingsError, TryLaterError
from tests.engines.engine import Engine, NotOursError
from tests.engines.mongodb import database
from tests.support.partitions import Partitions
from tests.unit.documents.sheets import SHEETS, VIEW, Sheet, noted, sheet, versions

BUILT = dataclasses.replace(SHEETS, name="sheets__rebuild")


class BesideAnother(MongoDocuments):
    """A store on which another process does something just when the rows of one question have been read."""

    another: Callable[[], Awaitable[None]] | None = None

    async def _all(
        self, collection: Collection[R], question: Filter, *, in_order: bool = False
    ) -> AsyncIterator[Stored]:
        async for row in super()._all(collection, question, in_order=in_order):
            yield row
        if self.another is not None:
            other, self.another = self.another, None
            await other()


@pytest.fixture(params=["mongodb", "mongodb_standalone"])
def opened(request: pytest.FixtureRequest) -> Iterator[BesideAnother]:
    engine = request.getfixturevalue(request.param)
    with database(engine) as name:
        documents = BesideAnother(engine.address, name)
        yield documents
        documents.close()


@pytest_asyncio.fixture
async def mongo(opened: BesideAnother) -> BesideAnother:
    await opened.prepare(SHEETS)
    return opened


@pytest.mark.engine
async def test_who_stops_between_rows_and_place_folds_again_and_changes_nothing(mongo: BesideAnother) -> None:
    facts = noted([1, 2, 1, 3, 2, 1])
    await fold_batch(VIEW, mongo, facts[:2], 2, "p")
    mark = (await mongo.changes(SHEETS, None)).mark
    stopped = Fold(VIEW, mongo)
    await stopped.take(facts[2:])
    await mongo._write_rows(SHEETS, list(stopped.changed.values()), 6, None, "p")
    before = await mongo.fingerprint(SHEETS)

    half = await mongo.changes(SHEETS, mark)
    assert (len(half.rows), half.mark.positions, await mongo.position(SHEETS, "p")) == (3, {"p": 2}, 2)
    await fold_batch(VIEW, mongo, facts[2:], 6, "p", after=2)

    assert await mongo.fingerprint(SHEETS) == before
    whole = await mongo.changes(SHEETS, half.mark)
    assert (sorted(whole.rows), whole.mark.positions) == (sorted(half.rows), {"p": 6})
    assert (await mongo.changes(SHEETS, whole.mark)).rows == []


@pytest.mark.engine
async def test_rows_of_a_first_batch_without_a_place_are_not_lost_to_a_reader(mongo: BesideAnother) -> None:
    await mongo._write_rows(SHEETS, [sheet(1)], 5, None, "p")
    early = await mongo.changes(SHEETS, None)
    assert (len(early.rows), early.mark.positions) == (1, {})
    await mongo.save(SHEETS, [sheet(1), sheet(2)], 5, feed="p")
    assert len((await mongo.changes(SHEETS, early.mark)).rows) == 2


@pytest.mark.engine
async def test_a_batch_written_while_changes_are_read_comes_with_the_next(mongo: BesideAnother) -> None:
    await mongo.save(SHEETS, [sheet(1)], 1, feed="p")
    mongo.another = lambda: mongo.save(SHEETS, [sheet(1, version=2), sheet(2)], 3, feed="p")
    first = await mongo.changes(SHEETS, None)
    assert (len(first.rows), first.mark.positions) == (1, {"p": 1})
    assert len((await mongo.changes(SHEETS, first.mark)).rows) == 2


@pytest.mark.engine
async def test_rows_swapped_while_changes_are_read_are_read_again(mongo: BesideAnother) -> None:
    await mongo.save(SHEETS, [sheet(1), sheet(2)], 2, feed="p")
    mark = (await mongo.changes(SHEETS, None)).mark
    await mongo.prepare(BUILT)
    await mongo.save(BUILT, [sheet(3)], 2, feed="p")
    mongo.another = lambda: mongo.promote(BUILT, SHEETS)
    changes = await mongo.changes(SHEETS, mark)
    assert (changes.anew, len(changes.rows)) == (True, 1)


@pytest.mark.engine
async def test_first_writes_at_the_same_moment_leave_the_later_row(mongo: BesideAnother) -> None:
    first, later = ([sheet(number, version=version) for number in range(200)] for version in (1, 2))
    await asyncio.gather(mongo.save(SHEETS, first, 1), mongo.save(SHEETS, later, 2), mongo.save(SHEETS, first, 1))
    found = (await mongo.find(SHEETS, Query(limit=300))).rows
    assert [row.version for row in found] == [2] * 200
    assert await mongo.position(SHEETS) == 2


@pytest.mark.engine
async def test_a_swap_that_ended_after_its_one_step_is_whole_and_can_be_repeated(mongo: BesideAnother) -> None:
    await mongo.save(SHEETS, [sheet(1), sheet(9)], 4, {sheet(7).id: "cause"}, feed="p")
    mark = (await mongo.changes(SHEETS, None)).mark
    await mongo.prepare(BUILT)
    await mongo.save(BUILT, [sheet(1)], 6, {sheet(8).id: "cause"}, feed="q")
    assert len(await versions(mongo)) == 2

    await mongo._in(BUILT).rename(stored_name(SHEETS), dropTarget=True)

    for _ in range(2):
        assert await versions(mongo) == {sheet(1).id: 1}
        assert await mongo.positions(SHEETS) == {"q": 6}
        assert await mongo.parked(SHEETS) == {sheet(8).id}
        assert (await mongo.changes(SHEETS, mark)).anew
        assert await mongo.positions(BUILT) == {}
        await mongo.promote(BUILT, SHEETS)


@pytest.mark.engine
async def test_what_an_ended_rebuild_left_is_not_taken_into_the_next(mongo: BesideAnother) -> None:
    log = Partitions("cases", noted([1, 2, 3]), count=1)
    await project([VIEW], log.parts[0], mongo)
    await mongo.prepare(BUILT)
    await mongo.save(BUILT, [sheet(5)], 2, feed=log.parts[0].name)
    assert (await rebuild(VIEW, log, mongo, lambda _done: None)).equal
    assert len(await versions(mongo)) == 3


@pytest.mark.engine
async def test_the_declared_columns_have_indexes_also_after_a_swap(mongo: BesideAnother) -> None:
    declared = {name: value["key"] for name, value in (await mongo._in(SHEETS).index_information()).items()}
    assert [("columns.tenant", 1), ("columns.size", 1), ("columns.opened_at", 1), ("_id", 1)] in declared.values()
    assert [("feed", 1), ("seq", 1)] in declared.values()
    await mongo.prepare(BUILT)
    await mongo.promote(BUILT, SHEETS)
    assert set(await mongo._in(SHEETS).index_information()) == set(declared)


@pytest.mark.engine
async def test_two_event_loops_in_two_threads_share_one_store(mongo: BesideAnother) -> None:
    await mongo.save(SHEETS, [sheet(1)], 1)
    found: list[Sheet | None] = []
    other = threading.Thread(target=lambda: found.append(asyncio.run(mongo.get(SHEETS, sheet(1).id))))
    other.start()
    await asyncio.to_thread(other.join)
    assert found == [await mongo.get(SHEETS, sheet(1).id)] == [sheet(1)]


@pytest.mark.engine
async def test_a_row_that_does_not_fit_is_refused_without_a_word_of_it(mongo: BesideAnother) -> None:
    huge = sheet(1, tags=("secret" * 1_500_000, "secret" * 1_500_000))
    with pytest.raises(PoisonError) as refused:
        await mongo.save(SHEETS, [sheet(2), huge], 5)
    assert "secret" not in str(refused.value)
    assert (refused.value.__cause__, refused.value.__suppress_context__) == (None, True)
    assert await mongo.position(SHEETS) == 0


@pytest.mark.engine
async def test_a_server_that_was_killed_comes_back_with_what_it_acknowledged(
    mongodb_standalone: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo_client, "DEADLINE_MS", 1000)
    with database(mongodb_standalone) as name:
        documents = MongoDocuments(mongodb_standalone.address, name)
        await documents.prepare(SHEETS)
        await documents.save(SHEETS, [sheet(1), sheet(2)], 2, feed="p")
        try:
            mongodb_standalone.kill()
        except NotOursError as elsewhere:
            pytest.skip(str(elsewhere))
        with pytest.raises(TryLaterError):
            await documents.save(SHEETS, [sheet(3)], 3, feed="p")
        mongodb_standalone.start()
        assert len(await versions(documents)) == 2
        await documents.save(SHEETS, [sheet(3)], 3, feed="p", after=2)
        assert await documents.positions(SHEETS) == {"p": 3}
        documents.close()


async def test_a_database_that_is_away_is_said_to_be_by_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongo_client, "DEADLINE_MS", 100)
    away = MongoDocuments("mongodb://someone:password@127.0.0.1:1/", "views")
    answers = await asyncio.gather(
        away.get(SHEETS, sheet(1).id),
        away.find(SHEETS, Query()),
        away.count(SHEETS),
        away.changes(SHEETS, None),
        away.prepare(SHEETS),
        away.position(SHEETS),
        away.positions(SHEETS),
        away.save(SHEETS, [sheet(1)], 1),
        away.parked(SHEETS),
        away.fingerprint(SHEETS),
        away.promote(BUILT, SHEETS),
        away.drop(SHEETS),
        return_exceptions=True,
    )
    assert {type(answer) for answer in answers} == {TryLaterError}
    assert "password" not in repr(answers)
    away.close()


async def test_an_address_that_is_none_is_a_setting_that_is_wrong() -> None:
    nowhere = MongoDocuments("mongodb://a:b:c", "views")
    with pytest.raises(SettingsError) as refused:
        await nowhere.position(SHEETS)
    assert "a:b" not in str(refused.value)
