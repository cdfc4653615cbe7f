"""Fetching what messages announce: later, from the open net only, up to a size, and kept sealed beside the record."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.intake.channels.calling import RefusedError, fetched
from services.intake.channels.port import Account, Source, Webhook
from shared.clock import Clock
from shared.errors import CorruptRecordError, NotFoundError
from shared.events.attachments import (
    AttachmentAnnounced,
    AttachmentFailed,
    AttachmentStored,
    Cause,
    attachment_id,
)
from shared.events.envelope import Actor, Event, Recorded
from shared.events.intake import Attachment, MessageReceived
from shared.eventstore.context import CommandContext, caused_by
from shared.eventstore.store import EventStore
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id
from shared.sniffing import media_type
from shared.vault.files import SealedFiles
from shared.vault.sealing import opened_text, place_of
from shared.vault.tokens import ERASED
from shared.vault.vault import ErasedError, Vault, own_subject

FETCHER = Actor("system:attachments", "system")
TRIES = tuple(timedelta(minutes=wait) for wait in (1, 5, 30, 120, 480))
"""How long it rests after each failure; the next one is the last."""

Due = Callable[[datetime], AsyncIterator[Sequence[UUID]]]


class Fetching:
    """One round a while. What a restart leaves undone is found again by the same look."""

    def __init__(
        self,
        store: EventStore,
        vault: Vault,
        files: SealedFiles,
        due: Due,
        *,
        channels: tuple[Mapping[str, Webhook], Sequence[Account]],
        clock: Clock,
        most: int,
        allowed_hosts: frozenset[str] = frozenset(),
    ) -> None:
        """`channels` are the kinds by name and the accounts; `most` bytes are taken of a file at most."""
        self._store = store
        self._vault = vault
        self._files = files
        self._due = due
        self._kinds, self._accounts = channels
        self._clock = clock
        self._most = most
        self._allowed_hosts = allowed_hosts

    def announce(self, unit: UnitOfWork, recorded: Recorded) -> None:
        """Say which files belong to a message; a repeat changes nothing."""
        message, head = recorded.event, recorded.envelope
        if not isinstance(message, MessageReceived):
            raise TypeError("only a received message announces files")
        for place, attachment in enumerate(message.attachments):
            file_id = attachment_id(head.stream_id, place)
            if unit.version(file_id):
                continue
            announced = AttachmentAnnounced(
                message_id=head.stream_id,
                place=place,
                channel=message.channel,
                account=message.account,
                kind=attachment.kind[:40],
            )
            unit.append(file_id, 0, [announced], caused_by(head, actor=FETCHER, now=self._clock()))

    async def look(self) -> None:
        """Carry out one round."""
        async for file_ids in self._due(self._clock()):
            for file_id in file_ids:
                await self.fetch(file_id)

    async def fetch(self, file_id: UUID) -> None:
        """Fetch one file, or put on record why not and when again."""
        facts = await self._store.stream(file_id)
        announced = facts[0].event
        if not isinstance(announced, AttachmentAnnounced):
            raise CorruptRecordError(f"The stream {file_id} is no file.")
        subject = facts[0].envelope.subject or own_subject(announced.message_id)
        told = await self._told(file_id, announced, subject, tried=sum(_failed(one) for one in facts))
        await self._say(facts, told)

    async def _told(self, file_id: UUID, announced: AttachmentAnnounced, subject: UUID, *, tried: int) -> Event:
        try:
            content = await self._content(file_id, announced, subject)
            if content is None:
                return AttachmentFailed(cause="no-account")
            await asyncio.to_thread(self._files.put, file_id, subject, content)
        except RefusedError as refused:
            return self._failure(refused, tried)
        except ErasedError:
            return AttachmentFailed(cause="erased")
        except (NotFoundError, CorruptRecordError):
            # One file whose record does not read must not keep the others from being fetched.
            return AttachmentFailed(cause="lost")
        digest = hashlib.sha256(content).hexdigest()
        return AttachmentStored(media_type=media_type(content), size=len(content), digest=digest)

    def _failure(self, refused: RefusedError, tried: int) -> AttachmentFailed:
        cause: Cause = refused.cause
        again = refused.passing and tried < len(TRIES)
        return AttachmentFailed(cause=cause, retry_at=self._clock() + TRIES[tried] if again else None)

    async def _content(self, file_id: UUID, announced: AttachmentAnnounced, subject: UUID) -> bytes | None:
        attachment, named = await self._named(announced, subject)
        if attachment.inline:
            return self._files.read(file_id, subject)
        source = self._source(announced, named)
        if source is None:
            return None
        return await fetched(source, most=self._most, allowed_hosts=self._allowed_hosts)

    async def _named(self, announced: AttachmentAnnounced, subject: UUID) -> tuple[Attachment, str]:
        facts = await self._store.stream(announced.message_id)
        message = facts[0].event
        if not isinstance(message, MessageReceived) or announced.place >= len(message.attachments):
            raise CorruptRecordError(f"The stream {announced.message_id} is no message with this file.")
        attachment, place = message.attachments[announced.place], announced.place
        where = place_of({subject}, announced.message_id, 1)
        named = opened_text(self._vault, attachment.source or "", where, f"attachments.{place}.source")
        if named == ERASED:
            raise ErasedError
        return attachment, named

    def _source(self, announced: AttachmentAnnounced, named: str) -> Source | None:
        wanted = (announced.channel, announced.account)
        account = next((one for one in self._accounts if (one.type, one.name) == wanted), None)
        kind = self._kinds.get(announced.channel)
        return kind.source(named, account) if kind is not None and account is not None else None

    async def _say(self, facts: Sequence[Recorded], told: Event) -> None:
        head, version = facts[-1].envelope, facts[-1].envelope.stream_version
        context = CommandContext(
            actor=FETCHER,
            now=self._clock(),
            correlation_id=new_id(),
            causation_id=head.event_id,
            tenant=head.tenant,
            subject=head.subject,
        )

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            # Another replica may have been quicker: what it found stands.
            if unit.version(head.stream_id) != version:
                return unit.read(head.stream_id)[-1:]
            return unit.append(head.stream_id, version, [told], context)

        await self._store.write(context, work)


def _failed(fact: Recorded) -> int:
    return isinstance(fact.event, AttachmentFailed)
