"""Figures written down: JSON with its stamp, and CSV that a spreadsheet cannot be tricked by."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from services.reporting.views.definitions import Definition
from services.reporting.views.questions import Figure, groups

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def described(definition: Definition) -> dict[str, Any]:
    """Return what a reader must know of a report before asking it."""
    words: dict[str, Any] = msgspec.to_builtins(definition)
    return {"report": words.pop("name"), "definition_hash": words.pop("sha256")} | words


def as_json(figure: Figure) -> bytes:
    """Return the figure with its stamp; amounts and other decimals are strings, rows are objects in fixed order."""
    document = _document(figure)
    return msgspec.json.encode(document | {"result_hash": result_hash(msgspec.to_builtins(document))})


def result_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hex, of everything in a report but this hash: JSON with sorted members."""
    rest = {name: value for name, value in document.items() if name != "result_hash"}
    return hashlib.sha256(msgspec.json.encode(rest, order="deterministic")).hexdigest()


def _document(figure: Figure) -> dict[str, Any]:
    definition = figure.definition
    return {
        "report": definition.name,
        "title": definition.title,
        "definition": definition.definition,
        "unit": definition.unit,
        "counts": definition.counts,
        "leaves_out": definition.leaves_out,
        "definition_hash": definition.sha256,
        "question": asked(figure),
        "notes": notes(figure),
        "policy": figure.policy,
        "as_of": moment(figure.as_of),
        "tenant": figure.question.tenant,
        "positions": dict(figure.positions),
        "ledger": dict(figure.ledger),
        "columns": figure.columns,
        "rows": [
            {name: written(value) for name, value in zip(figure.columns, row, strict=True)} for row in figure.rows
        ],
    }


def asked(figure: Figure) -> dict[str, Any]:
    """Return the question as it was asked; who asks it again of the same record gets the same rows."""
    question = figure.question
    moments = {
        "from": question.since,
        "to": question.until,
        "as_of": figure.as_of,
        "known_at": question.known_at,
    }
    return {
        "group_by": list(groups(question, figure.definition)),
        "only": dict(question.only),
        **{name: None if at is None else moment(at) for name, at in moments.items()},
        "compare": question.compare,
    }


def blank(figure: Figure) -> Figure:
    """Return a figure without its rows: what it is and what it stands on."""
    return msgspec.structs.replace(figure, rows=())


def notes(figure: Figure) -> Sequence[str]:
    """Return what a reader of these rows must know beside the definition."""
    question, definition = figure.question, figure.definition
    found = [
        f"A case is in every {name} that it has, so these rows add up to more than all cases."
        for name in definition.overlapping(groups(question, definition))
    ]
    if question.compare == "known":
        found.append("'_before' is what was on record at 'known_at', '_change' what was corrected or came late.")
    elif question.compare is not None:
        span = "the span just before" if question.compare == "previous" else "the same span a year earlier"
        found.append(f"'_before' is {span}, '_change' the difference.")
    if question.known_at is None and question.as_of is not None:
        found.append("With everything on record today; give 'known_at' to leave out what came to be known later.")
    return found


def as_csv(figure: Figure) -> bytes:
    """Return the rows of a figure under their columns."""
    return table_as_csv(figure.columns, figure.rows)


def table_as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows under their columns; text that a spreadsheet would run is marked as text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def stamp(figure: Figure) -> Mapping[str, str]:
    """Return the stamp of a figure as headers, for forms that have no room for it."""
    return {
        "Redress-Definition": figure.definition.sha256,
        "Redress-As-Of": moment(figure.as_of),
        "Redress-Positions": ",".join(f"{source}:{position}" for source, position in figure.positions.items()),
        **({"Redress-Ledger": ",".join(roots_of(figure))} if figure.ledger else {}),
    }


def roots_of(figure: Figure) -> Sequence[str]:
    """Return the signed roots of a figure, each as `SOURCE:SIZE:ROOT`."""
    return [f"{source}:{one.size}:{one.root}" for source, one in figure.ledger.items()]


def moment(at: datetime) -> str:
    """Write a moment in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: Decimal) -> str:
    """Write a decimal without an exponent and without idle zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(value: object) -> object:
    """Return a value as JSON has it: decimals as strings."""
    return plain(value) if isinstance(value, Decimal) else value


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return plain(value)
        case bool() | int() | date():
            return str(value)
        case _:
            text = str(value)
            return f"'{text}" if text.startswith(_FORMULA) else text
