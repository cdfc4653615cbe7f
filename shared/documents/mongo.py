"""The document store of several machines: MongoDB, standalone or a replica set, without transactions.

A collection holds the rows of one view, and beside them, under ids of their own, what moves with them: the generation,
the position of each feed and the parked streams. So a swap is one rename. Rows are written before the position that
they stand for, and guarded by version: who stops in between, or folds what another has folded, changes nothing.
"""

import dataclasses
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, OperationFailure

from shared.documents import mongo_query as asking
from shared.documents.mongo_client import Clients, Stored, answering, codes_of
from shared.documents.port import Changes, Collection, Demand, Mark, Page, Query, R
from shared.documents.storing import Bodies, stored_name
from shared.errors import TryLaterError
from shared.ids import new_id

_CHUNK = 1000
"""Rows in one call: each has a deadline of its own."""
_SETTLING = 5
"""How often a reader begins again when the rows are replaced under its hands."""
_DUPLICATE = {11000}
_NO_SUCH_COLLECTION = 26


class MongoDocuments:
    """Implements `Documents` on one database. May be shared by threads; every event loop gets its own connections."""

    def __init__(self, uri: str, database: str, ids: Callable[[], UUID] = new_id) -> None:
        """Take the address; nothing is connected before the first call."""
        self._clients = Clients(uri, database)
        self._bodies = Bodies()
        self._ids = ids

    async def get(self, collection: Collection[R], row_id: UUID) -> R | None:
        """Return the row of a stream, or None."""
        return (await self.load(collection, [row_id])).get(row_id)

    async def find(self, collection: Collection[R], query: Query) -> Page[R]:
        """Return a page of rows."""
        found: list[Stored] = []
        wanted = {"body": 1, f"columns.{query.sort}": 1}
        with answering():
            for place in asking.paging(collection, query):
                missing = query.limit + 1 - len(found)
                if asking.joins(query.conditions):
                    ordered: list[Stored] = [{"$sort": dict(asking.ordering(query))}]
                    stages = _joined(collection, query.conditions, place, ordered)
                    cursor = self._in(collection).aggregate([*stages, {"$limit": missing}, {"$project": wanted}])
                    found += await cursor.to_list(None)
                else:
                    question = {"$and": [asking.matching(collection, query.conditions), place]}
                    answer = self._in(collection).find(question, wanted).sort(asking.ordering(query))
                    found += await answer.limit(missing).to_list(None)
                if len(found) > query.limit:
                    break
        rows = [self._bodies.read(collection, row["body"]) for row in found[: query.limit]]
        last = found[query.limit - 1] if len(found) > query.limit else None
        page = Page(rows, (asking.sorted_by(query, last), last["_id"]) if last else None)
        if query.most is None:
            return page
        total = len(rows) if page.holds_all(query) else await self.count(collection, query.conditions, most=query.most)
        return dataclasses.replace(page, total=min(total, query.most))

    async def count(
        self, collection: Collection[R], conditions: Sequence[Demand] = (), *, most: int | None = None
    ) -> int:
        """Return how many rows meet all conditions, or `most` if they are more."""
        bound: dict[str, Any] = {} if most is None else {"limit": most}
        with answering():
            if not asking.joins(conditions):
                return await self._in(collection).count_documents(asking.matching(collection, conditions), **bound)
            stages = [
                *_joined(collection, conditions, {}, []),
                *([{"$limit": most}] if most else []),
                {"$count": "rows"},
            ]
            counted = await self._in(collection).aggregate(stages).to_list(None)
        return counted[0]["rows"] if counted else 0

    async def changes(self, collection: Collection[R], after: Mark | None, *, most: int | None = None) -> Changes:
        """Return every row written since the mark: the places are read first, so no row falls between two calls.

        All come at once: in several feeds that others write to, there is no edge between some rows and the rest.
        """
        del most
        for _ in range(_SETTLING):
            mark = await self._mark(collection)
            anew = after is None or after.generation != mark.generation
            question = asking.ROWS if after is None or anew else asking.written_since(mark.positions, after)
            rows: dict[str, bytes] = {}
            if anew or mark.positions:
                # One that is written while the answer is read may come twice; the last is the newest.
                async for row in self._all(collection, question):
                    rows.pop(row["_id"], None)
                    rows[row["_id"]] = row["body"]
            if (await self._mark(collection)).generation == mark.generation:
                return Changes(list(rows.values()), mark, anew=anew)
        raise TryLaterError(f"{collection.name} is being replaced just now; ask again.")

    async def prepare(self, collection: Collection[R], *, bare: bool = False) -> None:
        """Create the indexes of the collection and give its rows a generation."""
        fresh = {"$setOnInsert": {"value": str(self._ids())}}
        with answering():
            if not bare:
                await self._in(collection).create_indexes(list(asking.indexes(collection)))
            await self._in(collection).update_one({"_id": asking.GENERATION}, fresh, upsert=True)

    async def position(self, collection: Collection[R], feed: str = "") -> int:
        """Return the last position of a feed folded into the rows."""
        with answering():
            found = await self._in(collection).find_one({"_id": asking.FEED + feed})
        return found["position"] if found else 0

    async def positions(self, collection: Collection[R]) -> Mapping[str, int]:
        """Return the last position of every feed, by its name."""
        return (await self._mark(collection)).positions

    async def load(self, collection: Collection[R], row_ids: Sequence[UUID]) -> Mapping[UUID, R]:
        """Return the rows of these streams that exist."""
        rows: dict[UUID, R] = {}
        for start in range(0, len(row_ids), _CHUNK):
            keys = [str(row_id) for row_id in row_ids[start : start + _CHUNK]]
            async for found in self._all(collection, {"_id": {"$in": keys}}):
                row = self._bodies.read(collection, found["body"])
                rows[row.id] = row
        return rows

    async def save(
        self,
        collection: Collection[R],
        rows: Sequence[R],
        position: int,
        parked: Mapping[UUID, str] | None = None,
        feed: str = "",
        *,
        after: int = 0,
    ) -> None:
        """Write rows and the streams newly parked, wait until they are durable, then write the position."""
        await self._write_rows(collection, rows, position, parked, feed)
        place: Stored = {"_id": asking.FEED + feed}
        if after:
            place["position"] = {"$gte": after}
        with answering():
            await self._in(collection).update_one(place, {"$max": {"position": position}}, upsert=not after)

    async def parked(self, collection: Collection[R]) -> frozenset[UUID]:
        """Return the streams that the view cannot fold."""
        found = self._all(collection, asking.beginning(asking.PARKED))
        return frozenset([UUID(one["_id"].removeprefix(asking.PARKED)) async for one in found])

    async def fingerprint(self, collection: Collection[R]) -> str:
        """Return the SHA-256 over all rows in id order, in hex."""
        digest = hashlib.sha256()
        async for row in self._all(collection, asking.ROWS, in_order=True):
            digest.update(len(row["body"]).to_bytes(8, "big") + row["body"])
        return digest.hexdigest()

    async def promote(self, built: Collection[R], served: Collection[R]) -> None:
        """Put the rows of `built` in the place of those of `served`, in one step; repeated, it changes nothing."""
        with answering():
            try:
                await self._in(built).rename(stored_name(served), dropTarget=True)
            except OperationFailure as error:
                if error.code != _NO_SUCH_COLLECTION:
                    raise
        await self.prepare(served)

    async def drop(self, collection: Collection[R]) -> None:
        """Remove the collection and its positions."""
        with answering():
            await self._in(collection).drop()

    def close(self) -> None:
        """Close every connection."""
        self._clients.close()

    def _in(self, collection: Collection[R]) -> AsyncIOMotorCollection[Stored]:
        return self._clients.database().get_collection(stored_name(collection), CodecOptions(document_class=dict))

    async def _mark(self, collection: Collection[R]) -> Mark:
        generation, positions = "", {}
        beside = {"$or": [{"_id": asking.GENERATION}, asking.beginning(asking.FEED)]}
        with answering():
            for one in await self._in(collection).find(beside).sort("_id").to_list(None):
                if one["_id"] == asking.GENERATION:
                    generation = one["value"]
                else:
                    positions[one["_id"].removeprefix(asking.FEED)] = one["position"]
        return Mark(generation, positions)

    async def _all(
        self, collection: Collection[R], question: asking.Filter, *, in_order: bool = False
    ) -> AsyncIterator[Stored]:
        with answering():
            cursor = self._in(collection).find(question, {"body": 1}, batch_size=_CHUNK)
            if in_order:
                cursor = cursor.sort("_id")
        while True:
            with answering():
                found = await cursor.to_list(_CHUNK)
            for one in found:
                yield one
            if not found:
                break

    async def _write_rows(
        self,
        collection: Collection[R],
        rows: Sequence[R],
        position: int,
        parked: Mapping[UUID, str] | None,
        feed: str,
    ) -> None:
        for start in range(0, len(rows), _CHUNK):
            some = rows[start : start + _CHUNK]
            await self._write(collection, [asking.writing(collection, row, feed, position) for row in some])
        if parked:
            await self._write(collection, [asking.parking(*stream) for stream in parked.items()])

    async def _write(self, collection: Collection[R], writes: Sequence[asking.Write]) -> None:
        target = self._in(collection)
        with answering():
            try:
                await target.bulk_write([UpdateOne(*write, upsert=True) for write in writes], ordered=False)
            except BulkWriteError as error:
                if codes_of(error) != _DUPLICATE:
                    raise
                # Either a later row is there, or another wrote its first one at the same moment: ask once more.
                refused = [writes[one["index"]] for one in error.details["writeErrors"]]
                await target.bulk_write([UpdateOne(*write) for write in refused], ordered=False)


def _joined(
    collection: Collection[R], demands: Sequence[Demand], place: asking.Filter, ordered: Sequence[asking.Filter]
) -> Sequence[asking.Filter]:
    """Return the stages that find rows by what another collection holds: an index, then a look-up for each row."""
    first = {"$and": [asking.matching(collection, asking.alone(demands)), place]}
    last = asking.matching(collection, demands)
    return [{"$match": first}, *ordered, *asking.joining(collection, demands), {"$match": last}]
