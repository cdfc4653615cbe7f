"""Figures as files for other tools: XLSX with its definition on a second sheet; numbers as numbers, text as text."""

import io
from datetime import UTC, date
from decimal import Decimal
from typing import Any

from services.reporting.api.answers import asked, moment, roots_of
from services.reporting.views.questions import Figure

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_xlsx(figure: Figure) -> bytes:
    """Return the rows on one sheet, and on another what they are and what they stand on."""
    import xlsxwriter  # noqa: PLC0415 - only who asks for it pays for it

    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"title": figure.definition.title, "created": figure.as_of.astimezone(UTC)})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("figure")
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(figure.columns):
            sheet.write_string(0, column, name, bold)
        for line, row in enumerate(figure.rows, 1):
            for column, value in enumerate(row):
                _put(sheet, line, column, value)
        about = book.add_worksheet("about")
        about.set_column(1, 1, 100)
        for line, (name, text) in enumerate(_about(figure).items()):
            about.write_string(line, 0, name, bold)
            about.write_string(line, 1, text)
    return made.getvalue()


def _put(sheet: Any, line: int, column: int, value: object) -> None:
    match value:
        case None:
            sheet.write_blank(line, column, None)
        case bool():
            sheet.write_boolean(line, column, value)
        case int() | float() | Decimal():
            sheet.write_number(line, column, value)
        case date():
            sheet.write_string(line, column, value.isoformat())
        case _:
            sheet.write_string(line, column, str(value))


def _about(figure: Figure) -> dict[str, str]:
    definition = figure.definition
    question = {f"question: {name}": str(value) for name, value in asked(figure).items() if value}
    return {
        "report": definition.name,
        "title": definition.title,
        "definition": definition.definition,
        "unit": definition.unit,
        "counts": definition.counts,
        "leaves out": definition.leaves_out,
        "period": definition.period,
        "definition, SHA-256": definition.sha256,
        "as of": moment(figure.as_of),
        "positions": ", ".join(f"{source} {position}" for source, position in figure.positions.items()),
        "signed roots": ", ".join(roots_of(figure)),
        "policy": figure.policy,
        **question,
    }
