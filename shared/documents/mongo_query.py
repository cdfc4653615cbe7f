"""Typed questions as MongoDB's. Names come from the collection's declaration, values never hold an operator.

A row is `_id`, `version`, `feed`, `seq`, `body`, `text` (case folded), `columns.NAME` and `many.NAME`. What is known of
a collection beside its rows lies in the same collection, under ids from `BESIDE` on, so that a swap moves both at once.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from shared.documents.port import Among, AnyOf, Collection, Condition, Demand, Mark, Query, R, Scalar
from shared.documents.storing import cell, declared, encode, listed, stored_name
from shared.errors import InvalidError

Filter = dict[str, Any]

BESIDE = "~"
"""Behind every id of a row in order."""
GENERATION = "~generation"
FEED = "~feed/"
PARKED = "~parked/"

ROWS: Filter = {"_id": {"$lt": BESIDE}}
_NULL: Filter = {"$type": "null"}
_ABSENT = {"lacks", "among", "not-among"}
"""What may hold of something that has no columns."""
_COMPARE: Mapping[str, str] = {"eq": "$eq", "gte": "$gte", "lt": "$lt"}


class Write(NamedTuple):
    """Which document, and what becomes of it; it is made when it is not there."""

    question: Filter
    change: Filter


def beginning(prefix: str) -> Filter:
    """Return the question for what lies beside the rows under ids that begin so."""
    return {"_id": {"$gte": prefix, "$lt": prefix[:-1] + chr(ord(prefix[-1]) + 1)}}


def indexes(collection: Collection[R]) -> Sequence[IndexModel]:
    """Return the indexes that the declared columns need: each filter shares one with the usual order."""
    filters = [
        dict.fromkeys((None if column in collection.across else "tenant", column, collection.order, "id"))
        | dict.fromkeys(collection.carried)
        for column in collection.columns
    ]
    keys = [
        ["feed", "seq"],
        *([_path(key) for key in columns if key] for columns in filters),
        *([f"many.{field}"] for field in collection.many),
    ]
    return [IndexModel([(key, ASCENDING) for key in some]) for some in keys]


def writing(collection: Collection[R], row: R, feed: str, position: int) -> Write:
    """Return the write of a row, which gives way to a row of later facts."""
    fields: Filter = {
        "version": row.version,
        "feed": feed,
        "seq": position,
        "body": encode(row),
        "columns": {column: cell(getattr(row, column)) for column in collection.fields},
        "many": {field: [str(member) for member in getattr(row, field)] for field in collection.many},
    }
    if collection.text:
        fields["text"] = getattr(row, collection.text).casefold()
    older: Filter = {"version": {"$lt": row.version}}
    repeated: Filter = {"version": row.version, "seq": {"$lte": position}}
    return Write({"_id": str(row.id), "$or": [older, repeated]}, {"$set": fields})


def parking(stream_id: UUID, cause: str) -> Write:
    """Return the write of a parked stream, which keeps its first cause."""
    return Write({"_id": f"{PARKED}{stream_id}"}, {"$setOnInsert": {"cause": cause}})


def matching(collection: Collection[R], demands: Sequence[Demand]) -> Filter:
    """Return the question for the rows that meet all demands, after the stages of `joining` where there are any."""
    clauses = [_demand(collection, demand) for demand in demands]
    if not any(isinstance(one, Condition) and one.field != "id" and one.op not in _ABSENT for one in demands):
        clauses.append(ROWS)
    return {"$and": clauses}


def joins(demands: Sequence[Demand]) -> bool:
    """Whether a demand looks into another collection."""
    return bool(_amongs(demands))


def joining(collection: Collection[R], demands: Sequence[Demand]) -> Sequence[Filter]:
    """Return the stages that look up, for each row, one row of each other collection that a demand asks for."""
    stages: list[Filter] = []
    for condition in _amongs(demands):
        among = condition.value
        if isinstance(among, Among):
            if _amongs(among.conditions):
                raise InvalidError("A row of another collection cannot ask for a third.", field=condition.field)
            pipeline: list[Filter] = [
                {"$match": matching(among.collection, among.conditions)},
                {"$limit": 1},
                {"$project": {"_id": 1}},
            ]
            lookup = {
                "from": stored_name(among.collection),
                "localField": _path(declared(collection, condition.field)),
                "foreignField": "_id",
                "pipeline": pipeline,
                "as": _joined(condition),
            }
            stages.append({"$lookup": lookup})
    return stages


def alone(demands: Sequence[Demand]) -> Sequence[Demand]:
    """Return the demands that look into no other collection."""
    return [demand for demand in demands if not _amongs([demand])]


def paging(collection: Collection[R], query: Query) -> Sequence[Filter]:
    """Return the places whose rows, one after the other, are a page; each is one range of an index.

    Null comes first, as in every engine here.
    """
    return _places(_path(declared(collection, query.sort)), query)


def ordering(query: Query) -> list[tuple[str, int]]:
    """Return the order of a query, with ties broken by id."""
    direction = DESCENDING if query.descending else ASCENDING
    return [(key, direction) for key in dict.fromkeys((_path(query.sort), "_id"))]


def sorted_by(query: Query, found: Mapping[str, Any]) -> Scalar:
    """Return what a found row was sorted by."""
    value: Scalar = found["_id"] if query.sort == "id" else found["columns"][query.sort]
    return value


def written_since(now: Mapping[str, int], mark: Mark) -> Filter:
    """Return the question for the rows whose last batch lies behind the mark of its feed."""
    return {"$or": [{"feed": feed, "seq": {"$gt": mark.positions.get(feed, 0)}} for feed in now]}


def _places(sort: str, query: Query) -> Sequence[Filter]:
    if query.after is None:
        return [{}]
    value, row_id = cell(query.after[0]), str(query.after[1])
    compare = "$lt" if query.descending else "$gt"
    if sort == "_id":
        return [{"_id": {compare: row_id}}]
    alike: Filter = {sort: _NULL if value is None else {"$eq": value}, "_id": {compare: row_id}}
    if value is None:
        return [alike] if query.descending else [alike, {sort: {"$ne": None}}]
    return [alike, {sort: {compare: value}}, *([{sort: _NULL}] if query.descending else [])]


def _amongs(demands: Sequence[Demand]) -> Sequence[Condition]:
    flat = [one for demand in demands for one in (_flat(demand) if isinstance(demand, AnyOf) else (demand,))]
    found = [condition for condition in flat if isinstance(condition.value, Among)]
    return [one for number, one in enumerate(found) if one not in found[:number]]


def _flat(demand: AnyOf) -> Sequence[Condition]:
    return [condition for conditions in demand.sets for condition in conditions]


def _joined(condition: Condition) -> str:
    # Whether it is in or out, the same rows are looked up; the name of the answer tells the questions apart.
    return f"among_{hashlib.sha256(repr((condition.field, condition.value)).encode()).hexdigest()[:16]}"


def _demand(collection: Collection[R], demand: Demand) -> Filter:
    if not isinstance(demand, AnyOf):
        return _clause(collection, demand)
    sets = [{"$and": [_clause(collection, condition) for condition in conditions]} for conditions in demand.sets]
    return {"$or": sets} if sets else {"_id": {"$in": []}}


def _clause(collection: Collection[R], condition: Condition) -> Filter:
    field, value = condition.field, condition.value
    if condition.op == "text":
        if field != collection.text:
            raise InvalidError(f"'{field}' is not searched by text here.", field=field)
        return {"$expr": {"$gte": [{"$indexOfBytes": ["$text", {"$literal": str(value).casefold()}]}, 0]}}
    if condition.op in {"has", "lacks"}:
        if field not in collection.many:
            raise InvalidError(f"'{field}' is not a filter here.", field=field)
        return {f"many.{field}": {"$eq" if condition.op == "has" else "$ne": str(value)}}
    if isinstance(value, Among):
        return {f"{_joined(condition)}.0": {"$exists": condition.op == "among"}}
    path = _path(declared(collection, field))
    if condition.op == "in":
        return {path: {"$in": listed(field, value)}}
    return {path: _NULL if value is None else {_COMPARE[condition.op]: cell(value)}}


def _path(column: str) -> str:
    return "_id" if column == "id" else f"columns.{column}"
