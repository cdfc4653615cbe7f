"""From a row to a record: everything the mapping says about it, or the reason why it cannot be one."""

from datetime import datetime

from shared.cli.importing.cells import Cells, UnreadableCellError
from shared.cli.importing.conditions import holds
from shared.cli.importing.mapping import Mapping
from shared.cli.importing.table import Rejected, Row
from shared.errors import InvalidError
from shared.events.cases import CloseReason
from shared.events.values import Money
from shared.legacy import LegacyRecord

Closing = tuple[CloseReason | None, str | None]


class Reader:
    """Reads rows by one mapping; `now` is the time of the import, after which nothing can have happened."""

    def __init__(self, mapping: Mapping, header: tuple[str, ...], now: datetime) -> None:
        """Check that the file has every column the mapping names; else nothing of it is read."""
        missing = [f"'{column}' ({key})" for key, column in mapping.columns() if column not in header]
        if missing:
            raise InvalidError(
                f"The file lacks columns that the mapping names: {', '.join(missing)}. Nothing was imported.",
                field="map",
            )
        self._mapping = mapping
        self._now = now
        self._empty = frozenset(mapping.empty)
        self._kept = tuple(column for column in header if column not in {*mapping.drop, *mapping.personal})

    def read(self, row: Row) -> LegacyRecord | Rejected:
        """Return the record of a row, or why there is none."""
        try:
            return self._record(row.cells, Cells(row.cells, self._empty))
        except UnreadableCellError as error:
            return Rejected(row.line, error.column, error.reason)

    def _record(self, row: dict[str, str], cells: Cells) -> LegacyRecord:
        mapping, dates = self._mapping, self._mapping.dates
        opened_at = cells.first_time(dates.opened_at, dates, self._now)
        reason, explanation = self._closing(row)
        closed_at = cells.first_time(dates.closed_at, dates, self._now)
        claimed, assessed, paid = self._amounts(cells)
        return LegacyRecord(
            source=mapping.source,
            reference=self._reference(cells),
            fields={column: row[column] for column in self._kept},
            said={column: row[column] for column in mapping.personal if row[column]},
            opened_at=opened_at,
            closed_at=_believable(closed_at, opened_at) if reason else None,
            close_reason=reason,
            close_explanation=explanation,
            claimed=claimed,
            assessed=assessed,
            paid=paid,
            respondent_reference=self._respondent(cells),
            country=cells.word(mapping.country),
            sector=cells.word(mapping.sector),
            issues=self._issues(row),
            workers=cells.count(mapping.workers),
            channel=mapping.channel,
            language=mapping.language,
        )

    def _reference(self, cells: Cells) -> str:
        rule = self._mapping.reference
        parts = {column: cells.text(column) for column in rule.columns}
        for column, text in parts.items():
            if not text and column not in rule.may_be_empty:
                raise UnreadableCellError(column, "the reference is empty")
        return rule.separator.join(parts.values())

    def _respondent(self, cells: Cells) -> str | None:
        parts = [cells.text(column) for column in self._mapping.respondent]
        return "/".join(parts) if parts and parts[-1] else None

    def _amounts(self, cells: Cells) -> tuple[Money | None, Money | None, Money | None]:
        rule = self._mapping.amounts
        if rule is None:
            return None, None, None
        return cells.amount(rule.claimed, rule), cells.amount(rule.assessed, rule), cells.amount(rule.paid, rule)

    def _issues(self, row: dict[str, str]) -> tuple[str, ...]:
        found = dict.fromkeys(code for rule in self._mapping.issues if holds(rule.when, row) for code in rule.codes)
        return tuple(found) or self._mapping.otherwise_issues

    def _closing(self, row: dict[str, str]) -> Closing:
        for rule in self._mapping.closing:
            if holds(rule.when, row):
                return rule.reason, rule.explanation
        return None, None


def _believable(closed_at: datetime | None, opened_at: datetime | None) -> datetime | None:
    """Return a closing date that can be true; one before the opening stays in the record's fields only."""
    if closed_at is None or opened_at is None:
        return closed_at
    return closed_at if closed_at >= opened_at else None
