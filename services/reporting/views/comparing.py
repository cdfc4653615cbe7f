"""A figure beside itself of an earlier period, or of an earlier state of knowledge: what was, what is, what changed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from services.reporting.views.definitions import Definition
from services.reporting.views.questions import Figure

_COUNTED = frozenset({"count", "sum", "money"})
_CHANGING = _COUNTED | {"rate", "median"}


def beside(now: Figure, before: Figure) -> Figure:
    """Return the rows of `now` with `…_before` and `…_change` of every number; what only one has counts as none there.

    A change is a difference, in the unit of the column. Nothing minus something is nothing: it stays empty.
    """
    measures = {measure.name: measure.kind for measure in now.definition.measures}
    keys = [name for name in now.columns if name not in measures]
    told = [name for name in now.columns if measures.get(name) in _CHANGING]
    ours, theirs = _by_key(now, keys), _by_key(before, keys)
    order = sorted({*ours, *theirs}, key=lambda key: [(value is None, str(value)) for value in key])
    columns = (*keys, *(f"{name}{ending}" for name in told for ending in ("", "_before", "_change")))
    rows = [
        (*key, *(value for name in told for value in _change(name, ours.get(key), theirs.get(key), now.definition)))
        for key in order
    ]
    return msgspec.structs.replace(now, columns=columns, rows=rows)


def _by_key(figure: Figure, keys: Sequence[str]) -> Mapping[tuple[Any, ...], Mapping[str, Any]]:
    rows = [dict(zip(figure.columns, row, strict=True)) for row in figure.rows]
    return {tuple(row[key] for key in keys): row for row in rows}


def _change(
    name: str, now: Mapping[str, Any] | None, before: Mapping[str, Any] | None, definition: Definition
) -> tuple[Any, Any, Any]:
    (kind,) = (measure.kind for measure in definition.measures if measure.name == name)
    nothing = Decimal(0) if kind == "money" else 0 if kind in _COUNTED else None
    ours = nothing if now is None else now[name]
    theirs = nothing if before is None else before[name]
    return ours, theirs, None if ours is None or theirs is None else ours - theirs
