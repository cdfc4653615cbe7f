"""The lines in the head of a definition that say what its columns are and which tables of it may leave the house.

`measures: cases count; workers sum of cases` · `adds_up: closed = a + b; requests > in_time` (`>`: a rest is left)
`published: total: cases, workers; cross channel, severity: cases; each issue: cases; rows currency: paid`
"""

import re
from collections.abc import Iterator
from typing import get_args

import msgspec

from services.reporting.domain.declared import Form, Kind, Measure, Publication, Sum

_MEASURE = re.compile(rf"^(\w+) ({'|'.join(get_args(Kind))})(?: of ([\w, ]+))?$")
_SUM = re.compile(r"^(\w+) ([=>]) ([\w+ ]+)$")
_PUBLICATION = re.compile(rf"^({'|'.join(get_args(Form))})([\w, ]*): ([\w, ]+)$")
_TELLABLE = frozenset({"count", "sum", "money", "rate", "median"})


def read_measures(text: str) -> tuple[Measure, ...]:
    """Read what the columns are; `msgspec.ValidationError` for a line in other words."""
    return tuple(Measure(found[1], _kind(found[2]), _names(found[3] or "")) for found in _each(_MEASURE, text))


def read_sums(text: str) -> tuple[Sum, ...]:
    """Read which counts add up to which."""
    return tuple(Sum(found[1], _names(found[3].replace("+", " ")), found[2] == "=") for found in _each(_SUM, text))


def read_publications(text: str, measures: tuple[Measure, ...], sums: tuple[Sum, ...]) -> tuple[Publication, ...]:
    """Read which tables may leave the house: a column stands in one of them only, and only what can be told."""
    kinds = {measure.name: measure.kind for measure in measures}
    read = tuple(
        Publication(_form(found[1]), _names(found[2]), _names(found[3])) for found in _each(_PUBLICATION, text)
    )
    axes = [axis for publication in read for axis in publication.axes]
    if len(set(axes)) != len(axes):
        raise msgspec.ValidationError("Two published tables by the same column could be subtracted.")
    told = {name for publication in read for name in publication.measures}
    if any(kinds[name] == "median" for name in told & kinds.keys()) and any(told & {*one.parts} for one in sums):
        raise msgspec.ValidationError("A median says which of the parts beside it holds the middle.")
    for publication in read:
        _tellable(publication, kinds)
    return read


def _tellable(publication: Publication, kinds: dict[str, Kind]) -> None:
    allowed = {"count"} if publication.form in {"cross", "each"} else _TELLABLE
    if any(kinds.get(name) not in allowed for name in publication.measures):
        raise msgspec.ValidationError(f"A '{publication.form}' table tells only {', '.join(sorted(allowed))}.")
    least, most = {"total": (0, 0), "cross": (1, 2), "each": (1, 1), "rows": (1, 1)}[publication.form]
    if not least <= len(publication.axes) <= most:
        raise msgspec.ValidationError(f"A '{publication.form}' table has {least} to {most} columns of groups.")
    if publication.form in {"cross", "each"} and len(publication.measures) != 1:
        raise msgspec.ValidationError(f"A '{publication.form}' table tells one count.")


def _each(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for line in filter(None, (part.strip() for part in text.split(";"))):
        found = pattern.match(line)
        if found is None:
            raise msgspec.ValidationError(f"'{line}' does not say what it declares in the known words.")
        yield found


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _kind(text: str) -> Kind:
    kind: Kind = msgspec.convert(text, Kind)
    return kind


def _form(text: str) -> Form:
    form: Form = msgspec.convert(text, Form)
    return form
