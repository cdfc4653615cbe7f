"""Files that came with messages: which wait to be fetched, and what became of each."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.intake.views.inbox import IntakeViews
from shared.documents.folding import Projection
from shared.documents.port import Collection, Condition, Documents, Query, Row
from shared.errors import NotFoundError
from shared.events.attachments import ATTACHMENT, AttachmentAnnounced, AttachmentFailed, AttachmentStored
from shared.events.envelope import Instant, Recorded
from shared.events.intake import MessageFieldsViewed, MessageFiled
from shared.eventstore.store import EventStore
from shared.privacy.reading import Asked, Reading
from shared.rights import Caller
from shared.vault.files import SealedFiles
from shared.vault.vault import ErasedError, own_subject

NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class AttachmentRow(Row, kw_only=True, omit_defaults=True):
    """A file; `fetch_at` is when it is tried next, or `NEVER`."""

    fetch_at: Instant = NEVER


ATTACHMENTS: Collection[AttachmentRow] = Collection(
    "attachments", 1, AttachmentRow, columns=("fetch_at",), across=("fetch_at",)
)


def attachments_projection() -> Projection[AttachmentRow]:
    """Return the view that knows what is to be fetched."""
    return Projection(ATTACHMENTS, "intake", ATTACHMENT, fold)


def fold(row: AttachmentRow | None, recorded: Recorded) -> AttachmentRow:
    """Return the row after a fact."""
    row = row or AttachmentRow(id=recorded.envelope.stream_id)
    match recorded.event:
        case AttachmentAnnounced():
            row.fetch_at = recorded.envelope.recorded_at.astimezone(UTC)
        case AttachmentFailed(retry_at=retry_at):
            row.fetch_at = retry_at or NEVER
        case _:
            row.fetch_at = NEVER
    return row


@dataclass(frozen=True, slots=True)
class AttachmentViews:
    """Answers about files; what they say only to who says for what, and that is on record before."""

    store: EventStore
    documents: Documents
    files: SealedFiles
    reading: Reading
    reports: IntakeViews

    async def due(self, now: datetime) -> AsyncIterator[Sequence[UUID]]:
        """Yield the files whose time has come, the oldest first; at most a page, the rest comes with the next look."""
        query = Query((Condition("fetch_at", "lt", now),), sort="fetch_at", limit=100)
        yield [row.id for row in (await self.documents.find(ATTACHMENTS, query)).rows]

    async def described(self, caller: Caller, file_id: UUID) -> dict[str, Any]:
        """Return what a file is; a `NotFoundError` for one of a report that the caller may not know of."""
        facts, _ = await self._known(caller, file_id)
        return shown(facts)

    async def content(self, caller: Caller, file_id: UUID, asked: Asked) -> bytes:
        """Return the bytes of a file that is kept."""
        facts, report_id = await self._known(caller, file_id)
        announced = facts[0].event
        if shown(facts)["state"] != "stored" or not isinstance(announced, AttachmentAnnounced):
            raise NotFoundError("The file is not kept; what became of it is told without a purpose.")
        subject = facts[0].envelope.subject or own_subject(announced.message_id)
        viewed = MessageFieldsViewed(
            subject=subject,
            purpose=asked.purpose,
            record="report",
            record_id=report_id,
            fields=(f"attachment.{file_id}",),
        )
        await self.reading.put_on_record(subject, asked, viewed)
        try:
            return self.files.read(file_id, subject)
        except ErasedError:
            raise NotFoundError("The file was erased.") from None

    async def _known(self, caller: Caller, file_id: UUID) -> tuple[Sequence[Recorded], UUID]:
        facts = await self.store.stream(file_id)
        announced = facts[0].event if facts and facts[0].envelope.tenant == caller.tenant else None
        if isinstance(announced, AttachmentAnnounced):
            for fact in await self.store.stream(announced.message_id):
                if isinstance(fact.event, MessageFiled):
                    await self.reports.demand_known(caller, fact.event.report_id)
                    return facts, fact.event.report_id
        raise NotFoundError(f"There is no file with the id {file_id}.")


def shown(facts: Sequence[Recorded]) -> dict[str, Any]:
    """Return what a file is and what became of it, without a word of what it says."""
    about: dict[str, Any] = {"attachment_id": facts[0].envelope.stream_id, "state": "waiting"}
    for fact in facts:
        match fact.event:
            case AttachmentAnnounced(message_id=message_id, kind=kind):
                about |= {"message_id": message_id, "kind": kind}
            case AttachmentStored(media_type=media_type, size=size, digest=digest):
                about |= {"state": "stored", "media_type": media_type, "size": size, "digest": digest}
            case AttachmentFailed(cause=cause, retry_at=retry_at):
                about |= {"state": "waiting" if retry_at else "unavailable", "because": cause}
            case _:
                pass
    return about
