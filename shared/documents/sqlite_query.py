"""Typed questions as SQL. Names come from the collection's declaration, values are always bound.

The planner knows nothing of how many rows meet a demand. So the search begins where it is told to (`Narrow`); where it
is told nothing, because many rows meet every demand, an index is walked in the order of the list and soon has a page
together.
"""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from shared.documents.port import Among, AnyOf, Collection, Condition, Demand, Query, R, Scalar
from shared.documents.sqlite_text import searchable
from shared.documents.storing import cell, declared, listed, stored_name
from shared.errors import InvalidError

BESIDE = frozenset({"has", "text"})
"""Demands whose rows are found in a table beside, not by an index of the column."""
_COMPARE = {"eq": "=", "gte": ">=", "lt": "<"}


class Statement(NamedTuple):
    """SQL and the values of its question marks."""

    sql: str
    values: list[Scalar]


class Narrow(NamedTuple):
    """The demand that a search begins with; `places` are the rows (`rowid`) that the index of text found for it."""

    demand: Condition
    places: Sequence[int] = ()


def counting(
    collection: Collection[R],
    table: str,
    conditions: Sequence[Demand],
    narrow: Narrow | None = None,
    *,
    most: int | None = None,
) -> Statement:
    """Return the statement that counts the rows that meet all conditions, up to `most` where that is given.

    What few rows have and the others lack is counted by itself and taken off: to ask every row for it is dear.
    """
    lacking = [one for one in conditions if isinstance(one, Condition) and one.op == "lacks"]
    if len(lacking) != 1 or narrow is not None or most is not None:
        begin, bound = _beginning(collection, table, conditions, narrow)
        where, values = _where(collection, table, conditions, narrow=narrow)
        if most is None:
            return Statement(f"SELECT COUNT(*) FROM {begin} AS t{where}", [*bound, *values])
        return Statement(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM {begin} AS t{where} LIMIT {int(most)})", [*bound, *values]
        )
    others = [one for one in conditions if one is not lacking[0]]
    having = Condition(lacking[0].field, "has", lacking[0].value)
    all_, of_all = counting(collection, table, others)
    off, of_off = counting(collection, table, [having, *others], Narrow(having))
    return Statement(f"SELECT ({all_}) - ({off})", [*of_all, *of_off])


def _beginning(
    collection: Collection[R], table: str, conditions: Sequence[Demand], narrow: Narrow | None
) -> tuple[str, list[Scalar]]:
    """Return what is counted: the table, or just the rows that a column's index finds, with what they are asked for."""
    if narrow is None or narrow.demand.op in BESIDE:
        return table, []
    where, values = _where(collection, table, [*tenants(conditions), narrow.demand], narrow=narrow)
    columns = ", ".join(f"t.{one}" for one in dict.fromkeys(("id", *_asked(collection, conditions))))
    # The limit, which is none, keeps the planner from looking for another beginning.
    return f"(SELECT {columns} FROM {table} AS t{where} LIMIT -1)", values


def _asked(collection: Collection[R], conditions: Sequence[Demand]) -> Iterator[str]:
    """Yield the columns that conditions look at: an index that has them all spares the rows."""
    for one in conditions:
        if isinstance(one, AnyOf):
            yield from (column for some in one.sets for column in _asked(collection, some))
        elif one.op == "text":
            yield "text_"
        elif one.op not in BESIDE | {"lacks"}:
            yield declared(collection, one.field)


def tenants(conditions: Sequence[Demand]) -> Sequence[Condition]:
    """Return the demand by which most indexes begin."""
    return [one for one in conditions if isinstance(one, Condition) and one.field == "tenant"]


def paging(collection: Collection[R], table: str, query: Query, narrow: Narrow | None = None) -> Sequence[Statement]:
    """Return the statements whose rows, one after the other, are a page and one row more, to know whether it ends."""
    sort = declared(collection, query.sort)
    where, values = _where(collection, table, query.conditions, narrow=narrow)
    direction = "DESC" if query.descending else "ASC"
    sign = "+" if narrow is not None and narrow.demand.op in BESIDE else ""
    order = f" ORDER BY {sign}t.{sort} {direction}, t.id {direction} LIMIT {int(query.limit) + 1}"
    statements = []
    for clause, bound in _places(f"{sign}t.{sort}", query):
        conditions = " AND ".join(part for part in (where.removeprefix(" WHERE "), clause) if part)
        met = f"FROM {table} AS t{' WHERE ' if conditions else ''}{conditions}{order}"
        statements.append(
            Statement(_with_bodies(table, met, sort, direction, late=narrow is not None), [*values, *bound])
        )
    return statements


def _with_bodies(table: str, met: str, sort: str, direction: str, *, late: bool) -> str:
    """Return the statement for rows that are met. `late`: they must be sorted, so just a page's bodies are read."""
    if not late:
        return f"SELECT t.body, t.{sort}, t.id {met}"
    return (
        f"SELECT b.body, b.{sort}, b.id FROM (SELECT t.rowid AS place {met}) AS p "
        f"CROSS JOIN {table} AS b ON b.rowid = p.place ORDER BY b.{sort} {direction}, b.id {direction}"
    )


def _places(sort: str, query: Query) -> Sequence[tuple[str, Sequence[Scalar]]]:
    # Null comes first, and no comparison holds for it: what lies behind a place is asked for in two parts.
    if query.after is None:
        return [("", [])]
    value, row_id = cell(query.after[0]), query.after[1]
    compare = "<" if query.descending else ">"
    if value is None:
        alike = (f"{sort} IS NULL AND t.id {compare} ?", [row_id])
        return [alike] if query.descending else [alike, (f"{sort} IS NOT NULL", [])]
    behind = (f"({sort}, t.id) {compare} (?, ?)", [value, row_id])
    return [behind, (f"{sort} IS NULL", [])] if query.descending and query.sort != "id" else [behind]


def _where(
    collection: Collection[R],
    table: str,
    conditions: Sequence[Demand],
    row: str = "t",
    *,
    narrow: Narrow | None = None,
) -> tuple[str, list[Scalar]]:
    clauses, values = _clauses(collection, table, conditions, row, narrow)
    return (" WHERE " + " AND ".join(clauses) if clauses else ""), values


def _clauses(
    collection: Collection[R], table: str, conditions: Sequence[Demand], row: str, narrow: Narrow | None
) -> tuple[list[str], list[Scalar]]:
    clauses: list[str] = []
    values: list[Scalar] = []
    for demand in conditions:
        if isinstance(demand, AnyOf):
            clause, bound = _either(collection, table, demand, row)
        else:
            clause, bound = _clause(collection, table, demand, row, narrow)
        clauses.append(clause)
        values.extend(bound)
    return clauses, values


def _either(collection: Collection[R], table: str, demand: AnyOf, row: str) -> tuple[str, list[Scalar]]:
    found = [_clauses(collection, table, conditions, row, None) for conditions in demand.sets]
    text = " OR ".join("(" + " AND ".join(clauses) + ")" for clauses, _ in found)
    return f"({text})" if found else "0", [value for _, bound in found for value in bound]


def _among(column: str, op: str, among: Among) -> tuple[str, list[Scalar]]:
    name = stored_name(among.collection)
    where, values = _where(among.collection, name, (*among.conditions,), "o")
    exists = "EXISTS" if op == "among" else "NOT EXISTS"
    return f"{exists} (SELECT 1 FROM {name} AS o{where}{' AND' if where else ' WHERE'} o.id = {column})", values


def _holding(
    collection: Collection[R], condition: Condition, row: str, narrow: Narrow | None
) -> tuple[str, list[Scalar]]:
    """Return the demand on the text of a row; where the search begins with it, its index said which rows to look at."""
    if condition.field != collection.text:
        raise InvalidError(f"'{condition.field}' is not searched by text here.", field=condition.field)
    holds, text = f"instr({row}.text_, ?) > 0", searchable(str(condition.value))
    if narrow is None or condition is not narrow.demand:
        return holds, [text]
    return f"{row}.rowid IN (SELECT value FROM json_each(?)) AND {holds}", [json.dumps(narrow.places), text]


def _having(
    collection: Collection[R], table: str, condition: Condition, row: str, *, begins: bool
) -> tuple[str, list[Scalar]]:
    """Return the demand on the members of a row."""
    if condition.field not in collection.many:
        raise InvalidError(f"'{condition.field}' is not a filter here.", field=condition.field)
    members = f"SELECT id FROM {table}__many WHERE field = ? AND value = ?"
    if condition.op == "lacks":
        clause = f"{row}.id NOT IN ({members})"
    elif begins:
        clause = f"{row}.id IN ({members})"
    else:
        clause = f"EXISTS ({members} AND id = {row}.id)"
    return clause, [condition.field, str(condition.value)]


def _clause(
    collection: Collection[R], table: str, condition: Condition, row: str, narrow: Narrow | None
) -> tuple[str, list[Scalar]]:
    if condition.op == "text":
        return _holding(collection, condition, row, narrow)
    if condition.op in {"has", "lacks"}:
        return _having(collection, table, condition, row, begins=narrow is not None and condition is narrow.demand)
    column = f"{row}.{declared(collection, condition.field)}"
    if isinstance(condition.value, Among):
        return _among(column, condition.op, condition.value)
    if condition.op == "in":
        bound = listed(condition.field, condition.value)
        return f"{column} IN ({','.join('?' * len(bound))})", bound
    if condition.value is None:
        return f"{column} IS NULL", []
    sign = "+" if _passed_by(condition, narrow) else ""
    return f"{sign}{column} {_COMPARE[condition.op]} ?", [cell(condition.value)]


def _passed_by(condition: Condition, narrow: Narrow | None) -> bool:
    """Whether a sign must keep the planner from this demand's index.

    Yes or no selects too little for one; and where the search begins elsewhere, it begins nowhere else.
    """
    if isinstance(condition.value, bool):
        return True
    if narrow is None or condition is narrow.demand:
        return False
    return narrow.demand.op in BESIDE or (condition.op == "eq" and condition.field != "tenant")
