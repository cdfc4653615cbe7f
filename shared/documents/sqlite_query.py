"""Typed questions as SQL. Names come from the collection's declaration, values are always bound."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.documents.port import Among, AnyOf, Collection, Condition, Demand, Query, R, Scalar
from shared.documents.storing import cell, declared, listed, stored_name
from shared.errors import InvalidError

_COMPARE = {"eq": "=", "gte": ">=", "lt": "<"}


class Statement(NamedTuple):
    """SQL and the values of its question marks."""

    sql: str
    values: list[Scalar]


def counting(collection: Collection[R], table: str, conditions: Sequence[Demand]) -> Statement:
    """Return the statement that counts the rows that meet all conditions.

    What few rows have and the others lack is counted by itself and taken off: to ask every row for it is dear.
    """
    lacking = [one for one in conditions if isinstance(one, Condition) and one.op == "lacks"]
    if len(lacking) != 1:
        where, values = _where(collection, table, conditions)
        return Statement(f"SELECT COUNT(*) FROM {table} AS t{where}", values)
    others = [one for one in conditions if one is not lacking[0]]
    having = Condition(lacking[0].field, "has", lacking[0].value)
    all_, of_all = counting(collection, table, others)
    off, of_off = counting(collection, table, [having, *others])
    return Statement(f"SELECT ({all_}) - ({off})", [*of_all, *of_off])


def paging(collection: Collection[R], table: str, query: Query) -> Sequence[Statement]:
    """Return the statements whose rows, one after the other, are a page and one row more, to know whether it ends."""
    sort = declared(collection, query.sort)
    where, values = _where(collection, table, query.conditions)
    direction = "DESC" if query.descending else "ASC"
    order = f" ORDER BY t.{sort} {direction}, t.id {direction} LIMIT {int(query.limit) + 1}"
    statements = []
    for clause, bound in _places(sort, query):
        conditions = " AND ".join(part for part in (where.removeprefix(" WHERE "), clause) if part)
        sql = f"SELECT t.body, t.{sort}, t.id FROM {table} AS t{' WHERE ' if conditions else ''}{conditions}{order}"
        statements.append(Statement(sql, [*values, *bound]))
    return statements


def _places(sort: str, query: Query) -> Sequence[tuple[str, Sequence[Scalar]]]:
    # Null comes first, and no comparison holds for it: what lies behind a place is asked for in two parts.
    if query.after is None:
        return [("", [])]
    value, row_id = cell(query.after[0]), query.after[1]
    compare = "<" if query.descending else ">"
    if value is None:
        alike = (f"t.{sort} IS NULL AND t.id {compare} ?", [row_id])
        return [alike] if query.descending else [alike, (f"t.{sort} IS NOT NULL", [])]
    behind = (f"(t.{sort}, t.id) {compare} (?, ?)", [value, row_id])
    return [behind, (f"t.{sort} IS NULL", [])] if query.descending and sort != "id" else [behind]


def _where(
    collection: Collection[R], table: str, conditions: Sequence[Demand], row: str = "t"
) -> tuple[str, list[Scalar]]:
    clauses, values = _clauses(collection, table, conditions, row)
    return (" WHERE " + " AND ".join(clauses) if clauses else ""), values


def _clauses(
    collection: Collection[R], table: str, conditions: Sequence[Demand], row: str
) -> tuple[list[str], list[Scalar]]:
    clauses: list[str] = []
    values: list[Scalar] = []
    for demand in conditions:
        if isinstance(demand, AnyOf):
            clause, bound = _either(collection, table, demand, row)
        else:
            clause, bound = _clause(collection, table, demand, row)
        clauses.append(clause)
        values.extend(bound)
    return clauses, values


def _either(collection: Collection[R], table: str, demand: AnyOf, row: str) -> tuple[str, list[Scalar]]:
    found = [_clauses(collection, table, conditions, row) for conditions in demand.sets]
    text = " OR ".join("(" + " AND ".join(clauses) + ")" for clauses, _ in found)
    return f"({text})" if found else "0", [value for _, bound in found for value in bound]


def _among(column: str, op: str, among: Among) -> tuple[str, list[Scalar]]:
    name = stored_name(among.collection)
    where, values = _where(among.collection, name, (*among.conditions,), "o")
    exists = "EXISTS" if op == "among" else "NOT EXISTS"
    return f"{exists} (SELECT 1 FROM {name} AS o{where}{' AND' if where else ' WHERE'} o.id = {column})", values


def _clause(collection: Collection[R], table: str, condition: Condition, row: str) -> tuple[str, list[Scalar]]:
    if condition.op == "text":
        if condition.field != collection.text:
            raise InvalidError(f"'{condition.field}' is not searched by text here.", field=condition.field)
        return f"instr({row}.text_, ?) > 0", [str(condition.value).casefold()]
    if condition.op in {"has", "lacks"}:
        if condition.field not in collection.many:
            raise InvalidError(f"'{condition.field}' is not a filter here.", field=condition.field)
        among = "IN" if condition.op == "has" else "NOT IN"
        clause = f"{row}.id {among} (SELECT id FROM {table}__many WHERE field = ? AND value = ?)"
        return clause, [condition.field, str(condition.value)]
    column = f"{row}.{declared(collection, condition.field)}"
    if isinstance(condition.value, Among):
        return _among(column, condition.op, condition.value)
    if condition.op == "in":
        bound = listed(condition.field, condition.value)
        return f"{column} IN ({','.join('?' * len(bound))})", bound
    if condition.value is None:
        return f"{column} IS NULL", []
    # Yes or no selects too little for an index: the sign keeps the planner from looking for one.
    sign = "+" if isinstance(condition.value, bool) else ""
    return f"{sign}{column} {_COMPARE[condition.op]} ?", [cell(condition.value)]
