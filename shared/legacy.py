"""A record of an earlier system, read by a mapping: what the import hands over and the cases take in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from shared.events.cases import CloseReason
from shared.events.values import Money


class LegacyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One record: it becomes one case with its own past times, or nothing at all.

    `source` and `reference` name it for ever. Without `opened_at` the record is undated; `closed_at` is never earlier
    than `opened_at`. A record is closed exactly when it has a `close_reason`, and then it has an explanation too.
    `said` are the columns that speak of a person; they are sealed when they are stored.
    """

    source: str
    reference: str
    fields: Mapping[str, str]
    said: Mapping[str, str] = {}
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: CloseReason | None = None
    close_explanation: str | None = None
    claimed: Money | None = None
    assessed: Money | None = None
    paid: Money | None = None
    respondent_reference: str | None = None
    country: str | None = None
    sector: str | None = None
    issues: tuple[str, ...] = ()
    workers: int = 1
    channel: str = "import"
    language: str = "en"


class Importer(Protocol):
    """Takes legacy records into the record of cases."""

    async def import_batch(self, records: Sequence[LegacyRecord]) -> Sequence[bool]:
        """Store each record whole or not at all, durably; per record, True: it is new, False: it was there before."""
        ...
