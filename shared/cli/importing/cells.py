"""From the text of a cell to a time or an amount, by the rules of a mapping."""

import re
from datetime import UTC, datetime
from decimal import Decimal

from shared.cli.importing.mapping import Amounts, Dates, FromColumn, Word, zone
from shared.events.values import Money

_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{0,20})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_MOST_WORKERS = 10_000_000


class UnreadableCellError(Exception):
    """A cell does not say what the mapping expects of it; never quotes the cell."""

    def __init__(self, column: str, reason: str) -> None:
        """Name the column and what is wrong there."""
        super().__init__(column, reason)
        self.column = column
        self.reason = reason


class Cells:
    """The cells of one row, as a mapping reads them."""

    def __init__(self, row: dict[str, str], empty: frozenset[str]) -> None:
        """Take the row and the words that stand for nothing in it, such as NULL."""
        self._row = row
        self._empty = empty

    def text(self, column: str) -> str:
        """Return a cell without surrounding blanks; a word for nothing is nothing."""
        text = self._row[column].strip()
        return "" if text in self._empty else text

    def word(self, word: Word | None) -> str | None:
        """Return a constant, or what stands in the column, None where that is empty."""
        return self.text(word.column) or None if isinstance(word, FromColumn) else word

    def first_time(self, columns: tuple[str, ...], dates: Dates, now: datetime) -> datetime | None:
        """Return the time in the first of these columns that has one."""
        filled = ((column, self.text(column)) for column in columns)
        column, text = next(((column, text) for column, text in filled if text), ("", ""))
        if not text:
            return None
        moment = _moment(column, text, dates)
        if moment > now:
            raise UnreadableCellError(column, "the date lies in the future")
        return moment

    def amount(self, columns: tuple[str, ...], amounts: Amounts) -> Money | None:
        """Return the sum of these columns, None where all are empty."""
        found = [(column, self.text(column)) for column in columns]
        parts = [_decimal(column, text, amounts.thousands) for column, text in found if text]
        if not parts:
            return None
        return Money(amount=sum(parts, Decimal(0)), currency=self._currency(amounts))

    def count(self, word: FromColumn | None) -> int:
        """Return a number of people, 1 where none is given."""
        text = self.text(word.column) if word else ""
        if not text or not word:
            return 1
        if not (text.isascii() and text.isdigit() and 0 < int(text[:20]) <= _MOST_WORKERS):
            raise UnreadableCellError(word.column, "not a number of people")
        return int(text)

    def _currency(self, amounts: Amounts) -> str:
        currency = self.word(amounts.currency) or ""
        if not _CURRENCY.fullmatch(currency):
            column = amounts.currency.column if isinstance(amounts.currency, FromColumn) else "currency"
            raise UnreadableCellError(column, "an amount without a currency of three capital letters")
        return currency


def _moment(column: str, text: str, dates: Dates) -> datetime:
    for accepted in dates.formats:
        try:
            # A moment with its own zone keeps it; the others stand in the zone of the file.
            moment = datetime.strptime(text, accepted)  # noqa: DTZ007 - the zone is added in the next line
            aware = moment if moment.tzinfo else moment.replace(tzinfo=zone(dates.time_zone))
            return aware.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise UnreadableCellError(column, f"not a date written as {' or '.join(dates.formats)}")


def _decimal(column: str, text: str, thousands: str) -> Decimal:
    plain = text.replace(thousands, "") if thousands else text
    if not _AMOUNT.fullmatch(plain):
        raise UnreadableCellError(column, "not an amount")
    amount = Decimal(plain)
    if amount < 0:
        raise UnreadableCellError(column, "a negative amount")
    return amount
