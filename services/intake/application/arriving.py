"""What a provider delivered, put on the record: every part by itself, each of them once."""

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.intake.application.patience import within_patience
from services.intake.application.receiving import Intake
from services.intake.application.spool import Beside, Spool
from services.intake.channels.port import (
    Account,
    Arrival,
    Attached,
    Edited,
    Kept,
    Outcome,
    Reported,
    Said,
    Withdrawn,
)
from shared.errors import TryLaterError
from shared.events import REGISTRY
from shared.events.arrivals import DeliveryReported, MessageEdited, MessageWithdrawn, PayloadQuarantined, changes_of
from shared.events.attachments import attachment_id
from shared.events.envelope import Actor, Event, Recorded
from shared.events.intake import Attachment, MessageReceived
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id, new_id
from shared.vault.files import SealedFiles
from shared.vault.vault import own_subject


class Arriving:
    """Stores deliveries. Their parts wait together, so that one fsync carries them all."""

    def __init__(self, store: EventStore, intake: Intake, files: SealedFiles, spool: Spool | None = None) -> None:
        """`intake` takes the messages, `files` what came inside them, the record what else there is.

        What else there is waits in `spool` while the record cannot be written, as messages do.
        """
        self._files = files
        self._spool = spool
        self._store = store
        self._intake = intake

    async def take(
        self, accounts: Sequence[Account], arrivals: Sequence[Arrival], now: datetime, headers: Mapping[str, str]
    ) -> Outcome:
        """Store all arrivals, under the account that each was sent to; a `TryLaterError` when one could not be.

        `headers` may be shown to who looks at what was kept: the secrets are out of them.
        """
        shown = json.dumps(dict(headers))
        taken = await asyncio.gather(
            *(self._one(*_addressed(accounts, one), now, shown) for one in arrivals), return_exceptions=True
        )
        for one in taken:
            if isinstance(one, BaseException):
                raise one
        done = [one for one in taken if isinstance(one, Outcome)]
        return Outcome([key for one in done for key in one.ids], bool(done) and all(one.repeated for one in done))

    async def _one(self, account: Account, arrival: Arrival, now: datetime, headers: str) -> Outcome:
        # A provider's clock may be ahead of ours; nothing can have happened after now.
        context = CommandContext(
            actor=Actor(f"channel:{account.type}/{account.name}", "channel"),
            now=now,
            correlation_id=new_id(),
            tenant=account.tenant,
            occurred_at=min(arrival.at, now) if arrival.at else None,
        )
        match arrival:
            case Said():
                message = await self._with_files(_message(account, arrival), arrival, context)
                taken = await self._intake.receive(message=message, context=context)
                return Outcome((taken.message_id,), taken.repeated)
            case Edited() | Withdrawn():
                change = self._change(account, arrival)
                return Outcome((change.about,) if change.about else (), await self._put(change, context))
            case Reported(of=of, state=state):
                told = DeliveryReported(channel=account.type, account=account.name, provider_id=of, state=state[:100])
                return Outcome((), await self._put(self._note(account, arrival, told), context))
            case Kept(raw=raw, reason=reason):
                kept = PayloadQuarantined(
                    channel=account.type, account=account.name, reason=reason, raw=_as_text(raw), headers=headers
                )
                return Outcome((), await self._put(self._note(account, arrival, kept), context))
        raise TypeError("an unknown kind of arrival")

    async def _with_files(self, message: MessageReceived, said: Said, context: CommandContext) -> MessageReceived:
        """Keep what came with the message itself, before it is on record that it did."""
        if not said.attachments:
            return message
        channel, account, tenant = message.channel, message.account, context.tenant
        message_id = self._intake.message_id(tenant, channel, account, said.key)
        subject = self._intake.writer(channel, account, said.sender, tenant) or own_subject(message_id)
        for place, one in enumerate(said.attachments):
            if one.content is not None:
                file_id = attachment_id(message_id, place)
                try:
                    await asyncio.to_thread(self._files.put, file_id, subject, one.content)
                except OSError:
                    raise TryLaterError("The files of a message cannot be kept now; nothing was stored.") from None
        return replace(message, attachments=tuple(map(_attachment, said.attachments)))

    def _change(self, account: Account, arrival: Edited | Withdrawn) -> Beside:
        """Return a change as it stands beside its message."""
        message_id = self._intake.message_id(account.tenant, account.type, account.name, arrival.of)
        event = _changed(account, arrival, message_id, self._intake.keyed(arrival.key))
        return _beside(account, event, changes_of(message_id), about=message_id, sender=arrival.sender)

    def _note(self, account: Account, arrival: Arrival, event: Event) -> Beside:
        keyed = self._intake.keyed(f"{type(event).TOPIC}\x1f{arrival.key}")
        return _beside(account, event, derived_id("arrival", account.tenant, account.type, account.name, keyed))

    async def _put(self, beside: Beside, context: CommandContext) -> bool:
        """Put a fact on record, or let it wait behind what waits already; return whether it was there before."""
        if self._spool is None:
            return await self.store(beside, context)
        if not self._spool.size:
            repeated = await within_patience(self.store(beside, context))
            if repeated is not None:
                return repeated
        try:
            await asyncio.to_thread(self._spool.put, beside, context)
        except OSError:
            raise TryLaterError("The record and the spool cannot be written now; nothing was stored.") from None
        return False

    async def store(self, beside: Beside, context: CommandContext) -> bool:
        """Put a fact on record, under the person whose message it is about; return whether it was there before."""
        event = msgspec.json.decode(beside.fact, type=REGISTRY[beside.topic])
        repeated = False

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            nonlocal repeated
            known = unit.read(beside.stream_id)
            same = [one for one in known if getattr(one.event, "key", None) == getattr(event, "key", None)]
            repeated = bool(same)
            if same:
                return same[:1]
            subject = None
            if beside.about is not None:
                message = unit.read(beside.about)
                writer = self._intake.writer(beside.channel, beside.account, beside.sender, context.tenant)
                subject = message[0].envelope.subject if message else writer
            return unit.append(beside.stream_id, len(known), [event], replace(context, subject=subject))

        await self._store.write(context, work)
        return repeated


def _beside(
    account: Account, event: Event, stream_id: UUID, about: UUID | None = None, sender: str | None = None
) -> Beside:
    return Beside(
        topic=type(event).TOPIC,
        fact=msgspec.Raw(msgspec.json.encode(event)),
        stream_id=stream_id,
        channel=account.type,
        account=account.name,
        about=about,
        sender=sender,
    )


def _attachment(one: Attached) -> Attachment:
    named = one.name[:_LONGEST_NAME] if one.name else None
    media = one.media_type[:_LONGEST_NAME] if one.media_type else None
    return Attachment(kind=one.kind, source=one.source, media_type=media, name=named, inline=one.content is not None)


_LONGEST_NAME = 255


def _message(account: Account, said: Said) -> MessageReceived:
    return MessageReceived(
        channel=account.type,
        account=account.name,
        external_id=said.key,
        text=said.text,
        sender=said.sender,
        language=account.language or said.language,
        country=account.region,
    )


def _changed(
    account: Account, arrival: Edited | Withdrawn, message_id: UUID, key: str
) -> MessageEdited | MessageWithdrawn:
    channel, name = account.type, account.name
    if isinstance(arrival, Edited):
        return MessageEdited(channel=channel, account=name, message_id=message_id, key=key, text=arrival.text)
    return MessageWithdrawn(channel=channel, account=name, message_id=message_id, key=key)


def _addressed(accounts: Sequence[Account], arrival: Arrival) -> tuple[Account, Arrival]:
    if arrival.to is None or all(one.provider_id is None for one in accounts):
        return accounts[0], arrival
    known = next((one for one in accounts if one.provider_id == arrival.to), None)
    if known is not None:
        return known, arrival
    if isinstance(arrival, Kept):
        return accounts[0], arrival
    raw = msgspec.json.encode(arrival)
    return accounts[0], Kept(key=arrival.key, at=arrival.at, raw=raw, reason="other-account")


def _as_text(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = "\x00"
    return "base64:" + base64.b64encode(raw).decode() if "\x00" in text else text
