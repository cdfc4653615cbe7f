"""Typed questions as SQL. Names come from the collection's declaration, values are always bound."""

from collections.abc import Sequence
from typing import NamedTuple

from shared.documents.port import Collection, Condition, Query, R, Scalar
from shared.documents.storing import cell, declared, listed
from shared.errors import InvalidError

_COMPARE = {"eq": "=", "gte": ">=", "lt": "<"}


class Statement(NamedTuple):
    """SQL and the values of its question marks."""

    sql: str
    values: list[Scalar]


def counting(collection: Collection[R], table: str, conditions: Sequence[Condition]) -> Statement:
    """Return the statement that counts the rows that meet all conditions."""
    where, values = _where(collection, table, conditions)
    return Statement(f"SELECT COUNT(*) FROM {table} AS t{where}", values)


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


def _where(collection: Collection[R], table: str, conditions: Sequence[Condition]) -> tuple[str, list[Scalar]]:
    clauses: list[str] = []
    values: list[Scalar] = []
    for condition in conditions:
        clause, bound = _clause(collection, table, condition)
        clauses.append(clause)
        values.extend(bound)
    return (" WHERE " + " AND ".join(clauses) if clauses else ""), values


def _clause(collection: Collection[R], table: str, condition: Condition) -> tuple[str, list[Scalar]]:
    if condition.op == "text":
        if condition.field != collection.text:
            raise InvalidError(f"'{condition.field}' is not searched by text here.", field=condition.field)
        return "instr(t.text_, ?) > 0", [str(condition.value).casefold()]
    if condition.op == "has":
        if condition.field not in collection.many:
            raise InvalidError(f"'{condition.field}' is not a filter here.", field=condition.field)
        clause = f"t.id IN (SELECT id FROM {table}__many WHERE field = ? AND value = ?)"
        return clause, [condition.field, str(condition.value)]
    column = declared(collection, condition.field)
    if condition.op == "in":
        bound = listed(condition.field, condition.value)
        return f"t.{column} IN ({','.join('?' * len(bound))})", bound
    if condition.value is None:
        return f"t.{column} IS NULL", []
    return f"t.{column} {_COMPARE[condition.op]} ?", [cell(condition.value)]
