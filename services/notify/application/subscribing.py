"""Subscriptions: opened, turned and ended by partners; carried out in rounds, each fact at least once and in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.notify.channels.posting import Posting
from services.notify.channels.signing import secret_text, signed_headers
from services.notify.domain.sharing import Batch, Told
from services.notify.domain.subscribing import (
    OLD_SECRET,
    Subscription,
    decide_round,
    demand_live,
    demand_own,
    evolve,
)
from shared.clock import Clock
from shared.errors import ConflictError, ForbiddenError, InvalidError
from shared.events.envelope import Actor, Event, Recorded
from shared.events.subscribing import (
    SubscriptionEnded,
    SubscriptionMoved,
    SubscriptionOpened,
    SubscriptionSecretRotated,
)
from shared.eventstore.context import CommandContext, caused_by
from shared.eventstore.decider import Decider
from shared.eventstore.store import EventStore, Written
from shared.eventstore.work import UnitOfWork
from shared.rights import Caller
from shared.supervision import Failure, attempt_async
from shared.vault.sealing import opened_text, place_of
from shared.vault.tokens import ERASED
from shared.vault.vault import Vault, own_subject

log = logging.getLogger("redress.notify")

SYSTEM = Actor("system:notify", "system")
SUBSCRIBING = Decider("subscription", evolve)
PAGE = 20
SUCCESS = range(200, 300)


After = Callable[[Caller, str | None, Collection[str], int], Awaitable[Batch]]
"""The facts behind a cursor that a caller may see."""

Due = Callable[[datetime], Awaitable[Sequence[UUID]]]
"""What seems due; the stream has the last word."""


class Subscriptions:
    """The commands, and the rounds."""

    def __init__(  # noqa: PLR0917 - what it stands on
        self,
        store: EventStore,
        after: After,
        due: Due,
        posting: Posting,
        vault: Vault,
        clock: Clock,
        ids: Callable[[], UUID],
        key: Callable[[], bytes],
        stands: Callable[[str, str], bool],
    ) -> None:
        """`key` gives the bytes of new secrets; `stands` says whether who asked may still come in."""
        self.store = store
        self._after = after
        self._due = due
        self._posting = posting
        self._vault = vault
        self._clock = clock
        self._ids = ids
        self._key = key
        self._stands = stands
        self._looked: dict[UUID, tuple[int, str]] = {}

    async def open(
        self, *, context: CommandContext, url: str, types: Sequence[str], cursor: str | None
    ) -> tuple[Written, str]:
        """Open a subscription and return its secret."""
        if (refusal := await self._posting.refusal(url)) is not None:
            raise InvalidError(f"'url' {refusal}.", field="url")
        caller = context.caller
        if caller is None:
            raise ForbiddenError("A subscription is opened by somebody.")
        opened = SubscriptionOpened(
            url=url,
            secret=secret_text(self._key()),
            role=caller.role.value,
            scope=caller.scope.value,
            organisation=caller.organisation,
            types=tuple(types),
            cursor=cursor,
        )
        stream_id = self._ids()
        written = await self.store.write(context, lambda work: work.append(stream_id, 0, [opened], context))
        return written, await self._newest(written.stream_id)

    async def rotate(self, *, context: CommandContext, subscription_id: UUID) -> tuple[Written, str]:
        """Sign with a new secret, which is returned, and for a day with the old one beside it."""
        rotated = SubscriptionSecretRotated(secret=secret_text(self._key()), old_until=context.now + OLD_SECRET)
        written = await self._change(context, subscription_id, rotated)
        return written, await self._newest(subscription_id)

    async def move(self, *, context: CommandContext, subscription_id: UUID, cursor: str | None) -> Written:
        """Post again everything behind a cursor."""
        return await self._change(context, subscription_id, SubscriptionMoved(cursor=cursor))

    async def end(self, *, context: CommandContext, subscription_id: UUID) -> Written:
        """Post nothing more."""
        return await self._change(context, subscription_id, SubscriptionEnded(reason="asked"))

    async def deliver_due(self) -> None:
        """Carry out one round: each subscription that is due, a page of facts."""
        for subscription_id in await self._due(self._clock()):
            done = await attempt_async(lambda one=subscription_id: self.deliver(one))  # type: ignore[misc]  # bound default
            if isinstance(done, Failure) and not isinstance(done.error, ConflictError):
                log.error("subscription-failed", extra={"error": done.cause})

    async def deliver(self, subscription_id: UUID) -> None:
        """Post the next facts of one subscription, and put on record how far that got."""
        facts = await self.store.stream(subscription_id)
        state, now, version = SUBSCRIBING.fold(facts), self._clock(), len(facts)
        if state is None or state.due_at is None or state.due_at > now:
            return
        if not await asyncio.to_thread(self._stands, state.reader.id, state.reader.tenant):
            await self._say(facts, [SubscriptionEnded(reason="revoked")])
            return
        looked = self._looked.get(subscription_id)
        cursor = looked[1] if looked and looked[0] == version else state.cursor
        batch = await self._after(state.reader, cursor, frozenset(state.types), PAGE)
        if not batch.items:
            self._looked[subscription_id] = version, batch.next
            return
        await self._say(facts, await self._round(state, batch.items, now))

    async def _say(self, facts: Sequence[Recorded], events: Sequence[Event]) -> None:
        head, context = facts[-1].envelope, caused_by(facts[-1].envelope, actor=SYSTEM, now=self._clock())
        await self.store.write(context, lambda work: work.append(head.stream_id, len(facts), events, context))

    async def _round(self, state: Subscription, items: Sequence[Told], now: datetime) -> Sequence[Event]:
        url = self._text(state.opened, "url")
        secrets = [self._text(key, "secret") for key in state.signing(now)]
        if ERASED in {url, *secrets}:
            return [SubscriptionEnded(reason="gone")]
        for taken, told in enumerate(items):
            content = _content(told)
            answered = await self._posting.post(url, content, signed_headers(secrets, str(told.id), now, content))
            if not isinstance(answered, int) or answered not in SUCCESS:
                failure = f"http-{answered}" if isinstance(answered, int) else answered.cause
                behind = items[taken - 1].cursor if taken else None
                return decide_round(state, now, taken=taken, cursor=behind, failure=failure)
        return decide_round(state, now, taken=len(items), cursor=items[-1].cursor, failure=None)

    async def _change(self, context: CommandContext, subscription_id: UUID, event: Event) -> Written:
        def decide(state: Subscription) -> Sequence[Event]:
            demand_live(state)
            return [event]

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            return SUBSCRIBING.change(
                unit, subscription_id, context, decide, lambda state: demand_own(state, context.caller)
            )

        return await self.store.write(context, work)

    async def _newest(self, subscription_id: UUID) -> str:
        # Read back from the record: a command that was sent twice answers with the secret that holds.
        state = SUBSCRIBING.fold(await self.store.stream(subscription_id))
        if state is None:
            raise ConflictError("The subscription was just opened and is not on record.")
        return self._text(state.keys[0], "secret")

    def _text(self, fact: Recorded, field: str) -> str:
        head = fact.envelope
        place = place_of({head.subject or own_subject(head.stream_id)}, head.stream_id, head.stream_version)
        sealed: str = getattr(fact.event, field)
        return opened_text(self._vault, sealed, place, field)


def _content(told: Told) -> bytes:
    return msgspec.json.encode(
        {"type": told.type, "timestamp": told.occurred_at, "data": {"case_id": told.case_id, **told.data}}
    )
