"""What a provider delivered, put on the record: every part by itself, each of them once."""

import asyncio
import base64
from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.intake.application.receiving import Intake
from services.intake.channels.port import (
    Account,
    Arrival,
    Edited,
    Kept,
    Outcome,
    Reported,
    Said,
    Withdrawn,
)
from shared.events.arrivals import DeliveryReported, MessageEdited, MessageWithdrawn, PayloadQuarantined
from shared.events.envelope import Actor, Event, Recorded
from shared.events.intake import MessageReceived
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id, new_id


class Arriving:
    """Stores deliveries. Their parts wait together, so that one fsync carries them all."""

    def __init__(self, store: EventStore, intake: Intake) -> None:
        """`intake` takes the messages, the record what else there is."""
        self._store = store
        self._intake = intake

    async def take(self, accounts: Sequence[Account], arrivals: Sequence[Arrival], now: datetime) -> Outcome:
        """Store all arrivals, under the account that each was sent to; a `TryLaterError` when one could not be."""
        taken = await asyncio.gather(
            *(self._one(*_addressed(accounts, one), now) for one in arrivals), return_exceptions=True
        )
        for one in taken:
            if isinstance(one, BaseException):
                raise one
        done = [one for one in taken if isinstance(one, Outcome)]
        return Outcome([key for one in done for key in one.ids], bool(done) and all(one.repeated for one in done))

    async def _one(self, account: Account, arrival: Arrival, now: datetime) -> Outcome:
        # A provider's clock may be ahead of ours; nothing can have happened after now.
        context = CommandContext(
            actor=Actor(f"channel:{account.type}/{account.name}", "channel"),
            now=now,
            correlation_id=new_id(),
            tenant=account.tenant,
            occurred_at=min(arrival.at, now) if arrival.at else None,
        )
        if isinstance(arrival, Said):
            message = MessageReceived(
                channel=account.type,
                account=account.name,
                external_id=arrival.key,
                text=arrival.text,
                sender=arrival.sender,
                language=account.language or arrival.language,
                country=account.region,
            )
            taken = await self._intake.receive(message=message, context=context)
            return Outcome((taken.message_id,), taken.repeated)
        return await self._note(account, arrival, context)

    async def _note(self, account: Account, arrival: Arrival, context: CommandContext) -> Outcome:
        event = self._event(account, arrival)
        keyed = self._intake.keyed(f"{type(event).TOPIC}\x1f{arrival.key}")
        identity = derived_id("arrival", account.tenant, account.type, account.name, keyed)
        repeated = False

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            nonlocal repeated
            repeated = unit.version(identity) > 0
            return unit.read(identity)[:1] if repeated else unit.append(identity, 0, [event], context)

        await self._store.write(context, work)
        return Outcome((), repeated)

    def _event(self, account: Account, arrival: Arrival) -> Event:
        channel, name = account.type, account.name
        match arrival:
            case Edited(of=of, text=text):
                message_id = self._intake.message_id(account.tenant, channel, name, of)
                return MessageEdited(channel=channel, account=name, message_id=message_id, text=text)
            case Withdrawn(of=of):
                message_id = self._intake.message_id(account.tenant, channel, name, of)
                return MessageWithdrawn(channel=channel, account=name, message_id=message_id)
            case Reported(of=of, state=state):
                return DeliveryReported(channel=channel, account=name, provider_id=of, state=state[:100])
            case Kept(raw=raw, reason=reason):
                return PayloadQuarantined(channel=channel, account=name, reason=reason, raw=_as_text(raw))
        raise TypeError("an unknown kind of arrival")


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
