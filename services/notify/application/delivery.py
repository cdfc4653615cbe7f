"""Delivering what is queued: look what is due, try it once, put on record what became of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.notify.application.telling import SYSTEM
from services.notify.channels.port import Channel, Letter
from services.notify.domain import GiveUp, Notification, Outcome, Schedule, TryAgain, decide_attempt, evolve
from shared.clock import Clock
from shared.errors import ConflictError
from shared.events.envelope import Recorded
from shared.events.notify import NotificationQueued
from shared.events.values import ContactChannel
from shared.eventstore.context import caused_by
from shared.eventstore.decider import Decider
from shared.eventstore.store import EventStore
from shared.supervision import Failure, attempt, attempt_async
from shared.vault.sealing import opened, place_of
from shared.vault.tokens import ERASED
from shared.vault.vault import Vault

log = logging.getLogger("redress.notify")

ROUND = timedelta(seconds=20)
"""After this long a round takes on nothing more, so that the loop it belongs to shows that it lives."""

Due = Callable[[datetime, int], AsyncIterator[Sequence[UUID]]]
"""Pages of what seems due, longest due first. The view may lag: the stream has the last word."""

NOTIFICATION = Decider("notification", evolve)


class Delivery:
    """The deliverer. A crash between sending and recording costs one duplicate; recording twice is impossible."""

    def __init__(
        self,
        store: EventStore,
        channels: Mapping[ContactChannel, Channel],
        due: Due,
        *,
        clock: Clock,
        schedule: Schedule,
        jitter: Callable[[], float],
        concurrent: int,
        vault: Vault,
    ) -> None:
        """Take the record, the ways out, what seems due, how often and how many at once to try, and what opens."""
        self._vault = vault
        self._store = store
        self._channels = channels
        self._due = due
        self._clock = clock
        self._schedule = schedule
        self._jitter = jitter
        self._concurrent = concurrent
        self._unrecorded: dict[tuple[UUID, int], Outcome] = {}

    async def deliver_due(self) -> None:
        """Carry out one round: what is due at its beginning, each once, so many side by side."""
        began = self._clock()
        async for page in self._due(began, self._concurrent):
            await asyncio.gather(*(self._one(notification_id) for notification_id in page))
            if self._clock() - began >= ROUND:
                return

    async def deliver(self, *, notification_id: UUID) -> None:
        """Try one notification if it is due. What was sent but could not be recorded is recorded, not sent again."""
        facts = await self._store.stream(notification_id)
        state = NOTIFICATION.fold(facts)
        if state is None or state.queued is None or not state.is_due(self._clock()):
            return
        attempt = notification_id, len(facts)
        outcome = self._unrecorded.get(attempt) or await self._try(notification_id, facts[0], state.queued)
        self._unrecorded[attempt] = outcome
        try:
            await self._record(notification_id, facts, state, outcome)
        except ConflictError:
            log.info("delivered-by-another")
        del self._unrecorded[attempt]

    async def _one(self, notification_id: UUID) -> None:
        done = await attempt_async(lambda: self.deliver(notification_id=notification_id))
        if isinstance(done, Failure):
            log.error("delivery-failed", extra={"error": done.cause})

    async def _try(self, notification_id: UUID, first: Recorded, queued: NotificationQueued) -> Outcome:
        head = first.envelope
        place = place_of({head.subject}, head.stream_id, head.stream_version)
        plain = attempt(lambda: opened(self._vault, queued, place))
        if isinstance(plain, Failure):
            log.error("sealed-text-unreadable", extra={"error": plain.cause})
            return GiveUp("unreadable")
        if ERASED in {plain.address, plain.body}:
            return GiveUp("erased")
        letter = Letter(
            id=notification_id,
            address=plain.address,
            language=queued.language,
            subject=queued.subject,
            body=plain.body,
            queued_at=first.envelope.recorded_at,
        )
        done = await attempt_async(lambda: self._channels[queued.channel].deliver(letter))
        if isinstance(done, Failure):
            log.error("channel-failed", extra={"error": done.cause})
            return TryAgain("unforeseen")
        return done

    async def _record(
        self, notification_id: UUID, facts: Sequence[Recorded], state: Notification, outcome: Outcome
    ) -> None:
        now = self._clock()
        event = decide_attempt(state, outcome, now, self._schedule, self._jitter())
        context = caused_by(facts[-1].envelope, actor=SYSTEM, now=now)
        await self._store.write(context, lambda work: work.append(notification_id, len(facts), [event], context))
