"""Typed questions as SQL. Names come from the collection's declaration, values are always bound."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from shared.documents.port import Collection, Condition, Query, R, Scalar
from shared.errors import InvalidError

_COMPARE = {"eq": "=", "gte": ">=", "lt": "<"}


class Statement(NamedTuple):
    """SQL and the values of its question marks."""

    sql: str
    values: list[Scalar]


def cell(value: object) -> Scalar:
    """Return a value as SQLite compares it: instants in UTC as text of equal length, so that order is time order."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date | UUID):
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise InvalidError(f"A {type(value).__name__} cannot be compared.", field="filter")


def counting(collection: Collection[R], table: str, conditions: Sequence[Condition]) -> Statement:
    """Return the statement that counts the rows that meet all conditions."""
    where, values = _where(collection, table, conditions)
    return Statement(f"SELECT COUNT(*) FROM {table} AS t{where}", values)


def paging(collection: Collection[R], table: str, query: Query) -> Statement:
    """Return the statement of a page, with one row more than asked for, to know whether there is a next."""
    sort = _declared(collection, query.sort)
    conditions, values = _where(collection, table, query.conditions)
    compare, direction = ("<", "DESC") if query.descending else (">", "ASC")
    if query.after is not None:
        conditions += (" AND " if conditions else " WHERE ") + f"(t.{sort}, t.id) {compare} (?, ?)"
        values.extend(query.after)
    order = f" ORDER BY t.{sort} {direction}, t.id {direction} LIMIT {int(query.limit) + 1}"
    return Statement(f"SELECT t.body, t.{sort}, t.id FROM {table} AS t{conditions}{order}", values)


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
    column = _declared(collection, condition.field)
    if condition.op == "in":
        if not isinstance(condition.value, Sequence) or isinstance(condition.value, str):
            raise InvalidError(f"'{condition.field}' takes a list.", field=condition.field)
        bound = [cell(value) for value in condition.value]
        return f"t.{column} IN ({','.join('?' * len(bound))})", bound
    if condition.value is None:
        return f"t.{column} IS NULL", []
    return f"t.{column} {_COMPARE[condition.op]} ?", [cell(condition.value)]


def _declared(collection: Collection[R], field: str) -> str:
    if field != "id" and field not in collection.columns:
        raise InvalidError(f"'{field}' is not a filter of {collection.name}.", field=field)
    return field
