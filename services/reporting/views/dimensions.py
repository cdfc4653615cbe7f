"""What cases may be grouped by, each with its words and its SQL, and the relation `keyed_cases` that bears them."""

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import msgspec

from services.reporting.domain.tables import CONTRIBUTOR

FILE = Path(__file__).parent / "dimensions.sql"
KEYED = "keyed_cases"
ALL_OF_CASES = "cases"
"""The word in `group_by` that stands for every dimension of a case."""

_ENTRY = re.compile(r"^-- (?P<name>[a-z_]+)(?P<many>, many)?: (?P<words>.+)\n(?P<sql>[^\n-].*)$", re.MULTILINE)


class Dimension(msgspec.Struct, frozen=True):
    """A name to group by. One that is `many` is a list: a case counts once under each of its values."""

    name: str
    words: str
    sql: str
    many: bool


@cache
def dimensions() -> Mapping[str, Dimension]:
    """Return every dimension of a case by its name, in the order of the file."""
    found = _ENTRY.finditer(FILE.read_text("utf-8"))
    return {one["name"]: Dimension(one["name"], one["words"], one["sql"], bool(one["many"])) for one in found}


def of_cases() -> tuple[str, ...]:
    """Return the dimensions that a reader may ask for."""
    return tuple(name for name in dimensions() if name != CONTRIBUTOR)


def keyed_cases(chosen: Collection[str], only: Collection[str] = ()) -> str:
    """Return `keyed_cases` as SQL: the rows of `cases` with every single-valued dimension and the chosen lists.

    Of dimensions in `only` one value is left: the one that is bound to `$only_…`.
    """
    single = [one for one in dimensions().values() if not one.many and one.sql != one.name]
    sql = "select *, " + ", ".join(f'{one.sql} as "{one.name}"' for one in single) + " from cases"
    if only:
        sql = f"{sql} where {' and '.join(_demand(dimensions()[name]) for name in only)}"
    for one in dimensions().values():
        if one.many and one.name in chosen:
            values = f'unnest(case when len(_values) > 0 then _values else [null] end) as "{one.name}"'
            sql = f"select * exclude (_values), {values} from (select *, {one.sql} as _values from ({sql}))"
    return sql


def _demand(one: Dimension) -> str:
    return f"list_contains({one.sql}, $only_{one.name})" if one.many else f"{one.sql} = $only_{one.name}"
