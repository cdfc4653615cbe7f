"""What the holder of a receipt is shown: how far their report is, and what the office wrote to them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.intake.domain import Report, evolve
from services.intake.views.progress import CASE_PROGRESS
from shared.documents.port import Documents
from shared.events.envelope import Recorded
from shared.events.intake import MessageFiled, MessageReceived
from shared.events.reports import ReplyAdded
from shared.eventstore.store import EventStore
from shared.privacy.reading import Reading
from shared.vault.sealing import place_of

State = str
"""A step of a case, or `received` and `dismissed` where there is none."""


class Standing(msgspec.Struct, frozen=True):
    """How far a report is; `replies` counts what the office wrote, `language` is the sender's where it is known."""

    state: State
    received_on: datetime
    replies: int
    language: str | None


class Reply(msgspec.Struct, frozen=True):
    """What the office wrote."""

    at: datetime
    text: str


class ReceiptViews:
    """Reads the record for who holds a receipt: never what they said themselves, since a telephone may be shared."""

    def __init__(self, store: EventStore, documents: Documents, reading: Reading) -> None:
        """Answer from streams, and from rows about cases."""
        self._store = store
        self._documents = documents
        self._reading = reading

    async def standing(self, message_id: UUID) -> Standing:
        """Return how far the report of a message is."""
        first, facts = await self._report_of(message_id)
        message = first.event
        language = message.language if isinstance(message, MessageReceived) else None
        report = _folded(facts)
        replies = sum(isinstance(fact.event, ReplyAdded) for fact in facts)
        return Standing(
            await self._state(report),
            first.envelope.recorded_at,
            replies,
            language or (report.language if report else None),
        )

    async def replies(self, message_id: UUID) -> Sequence[Reply]:
        """Return what the office wrote, oldest first."""
        _, facts = await self._report_of(message_id)
        return [
            Reply(fact.envelope.occurred_at, self._plain(fact, fact.event.text))
            for fact in facts
            if isinstance(fact.event, ReplyAdded)
        ]

    def _plain(self, fact: Recorded, text: str) -> str:
        head = fact.envelope
        return self._reading.plain(text, place_of({head.subject}, head.stream_id, head.stream_version), "text")

    async def _report_of(self, message_id: UUID) -> tuple[Recorded, Sequence[Recorded]]:
        facts = await self._store.stream(message_id)
        filed = next((fact.event.report_id for fact in facts if isinstance(fact.event, MessageFiled)), None)
        report = await self._store.stream(filed) if filed else ()
        folded = _folded(report)
        if folded is not None and folded.merged_into is not None:
            report = [*report, *await self._store.stream(folded.merged_into)]
        return facts[0], report

    async def _state(self, report: Report | None) -> State:
        if report is None or report.state == "open":
            return "received"
        if report.case_id is None:
            return "dismissed"
        row = await self._documents.get(CASE_PROGRESS, report.case_id)
        return row.step if row else "accepted"


def _folded(facts: Sequence[Recorded]) -> Report | None:
    report: Report | None = None
    for fact in facts:
        report = evolve(report, fact)
    return report
