"""Where a search begins: with the demand that the fewest rows meet, if those are few."""

import sqlite3
from collections.abc import Sequence

from shared.documents import sqlite_text
from shared.documents.port import Among, Collection, Condition, Demand, R
from shared.documents.sqlite_query import BESIDE, Narrow, Statement, counting, tenants
from shared.documents.sqlite_text import LEAST, phrase, searchable, text_table
from shared.documents.storing import stored_name


def narrowest(
    connection: sqlite3.Connection, collection: Collection[R], conditions: Sequence[Demand], few: int, *, walked: bool
) -> Narrow | None:
    """Return the demand that the fewest rows meet, or None where each is met by more than `few`.

    `walked`: what is found in the index of a column need not be sorted, and reading ends early; then the only demand
    that an index answers is begun with, without a look at how many meet it.
    """
    able = [one for one in conditions if isinstance(one, Condition) and _is_indexed(connection, collection, one)]
    if walked and len(able) == 1 and able[0].op not in BESIDE:
        return Narrow(able[0])
    probed = [_probed(connection, collection, one, conditions, few + 1) for one in able]
    fewest, narrow = min(probed, key=lambda found: found[0], default=(few + 1, None))
    return narrow if fewest <= few else None


def _is_indexed(connection: sqlite3.Connection, collection: Collection[R], condition: Condition) -> bool:
    match condition.op:
        case "text":
            long = len(searchable(str(condition.value))) >= LEAST
            return long and sqlite_text.exists(connection, stored_name(collection))
        case "has":
            return condition.field in collection.many
        case "eq":
            plain = condition.value is not None and not isinstance(condition.value, bool | Among)
            return plain and condition.field in collection.columns
        case _:
            return False


def _probed(
    connection: sqlite3.Connection, collection: Collection[R], one: Condition, conditions: Sequence[Demand], most: int
) -> tuple[int, Narrow]:
    """Return how many rows an index has for a demand, up to `most`; of text, which: to look again is dear."""
    table = stored_name(collection)
    if one.op == "text":
        index = text_table(table)
        sql = f"SELECT rowid FROM {index} WHERE {index} MATCH ? LIMIT {int(most)}"
        places = [place for (place,) in connection.execute(sql, [phrase(str(one.value))])]
        return len(places), Narrow(one, places)
    if one.op == "has":
        sql = f"SELECT COUNT(*) FROM (SELECT 1 FROM {table}__many WHERE field = ? AND value = ? LIMIT {int(most)})"
        statement = Statement(sql, [one.field, str(one.value)])
    else:
        led = [] if one.field in collection.across else tenants(conditions)
        statement = counting(collection, table, [*led, one], most=most)
    return int(connection.execute(statement.sql, statement.values).fetchone()[0]), Narrow(one)
