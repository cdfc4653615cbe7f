"""Records of earlier systems, taken over as they stood there: their own past, no gate of ours."""

from collections.abc import Iterator
from datetime import datetime

from shared.events import cases as facts
from shared.events.envelope import Event
from shared.legacy import LegacyRecord


def take_over(record: LegacyRecord, *, number: str) -> Iterator[tuple[datetime | None, Event]]:
    """Yield the facts of a record, each with the time when it was true, None where the record does not say."""
    yield (
        record.opened_at,
        facts.CaseOpened(
            number=number,
            channel=record.channel,
            language=record.language,
            country=record.country,
            sector=record.sector,
            workers=record.workers,
            issues=record.issues,
        ),
    )
    yield (
        record.opened_at,
        facts.LegacyRecordImported(
            source=record.source,
            reference=record.reference,
            fields=record.fields,
            said=record.said,
            dated=record.opened_at is not None,
            respondent_reference=record.respondent_reference,
            claimed=record.claimed,
            assessed=record.assessed,
            paid=record.paid,
        ),
    )
    if record.close_reason is not None:
        explanation = record.close_explanation or f"As recorded by {record.source}."
        yield record.closed_at, facts.CaseClosed(reason=record.close_reason, explanation=explanation)
