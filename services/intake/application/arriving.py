"""What a provider delivered, put on the record: every part by itself, each of them once."""

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.intake.application.receiving import Intake
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

    def __init__(self, store: EventStore, intake: Intake, files: SealedFiles) -> None:
        """`intake` takes the messages, `files` what came inside them, the record what else there is."""
        self._files = files
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
                return await self._change(account, arrival, context)
            case Reported(of=of, state=state):
                told = DeliveryReported(channel=account.type, account=account.name, provider_id=of, state=state[:100])
                return await self._note(account, arrival, told, context)
            case Kept(raw=raw, reason=reason):
                kept = PayloadQuarantined(
                    channel=account.type, account=account.name, reason=reason, raw=_as_text(raw), headers=headers
                )
                return await self._note(account, arrival, kept, context)
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

    async def _change(self, account: Account, arrival: Edited | Withdrawn, context: CommandContext) -> Outcome:
        """Put a change beside its message, under the same person, once."""
        message_id = self._intake.message_id(account.tenant, account.type, account.name, arrival.of)
        event = _changed(account, arrival, message_id, self._intake.keyed(arrival.key))
        stream_id = changes_of(message_id)
        repeated = False

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            nonlocal repeated
            known = unit.read(stream_id)
            same = [one for one in known if getattr(one.event, "key", None) == event.key]
            repeated = bool(same)
            if same:
                return same[:1]
            message = unit.read(message_id)
            writer = self._intake.writer(account.type, account.name, arrival.sender, account.tenant)
            subject = message[0].envelope.subject if message else writer
            return unit.append(stream_id, len(known), [event], replace(context, subject=subject))

        await self._store.write(context, work)
        return Outcome((message_id,), repeated)

    async def _note(self, account: Account, arrival: Arrival, event: Event, context: CommandContext) -> Outcome:
        keyed = self._intake.keyed(f"{type(event).TOPIC}\x1f{arrival.key}")
        identity = derived_id("arrival", account.tenant, account.type, account.name, keyed)
        repeated = False

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            nonlocal repeated
            repeated = unit.version(identity) > 0
            return unit.read(identity)[:1] if repeated else unit.append(identity, 0, [event], context)

        await self._store.write(context, work)
        return Outcome((), repeated)


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
