"""Delivering what is queued: look what is due, try it once, put on record what became of it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.notify.application.moving import Ways
from services.notify.application.telling import NOTIFICATION, SYSTEM
from services.notify.channels.port import Channel, Letter
from services.notify.domain import (
    GiveUp,
    Notification,
    Outcome,
    Quiet,
    Schedule,
    Silence,
    TryAgain,
    Wait,
    decide_attempt,
    decide_start,
    ways,
    when_safe,
)
from shared.clock import Clock
from shared.errors import ConflictError
from shared.events.envelope import Event, Recorded
from shared.events.notify import (
    NotificationFailed,
    NotificationMoved,
    NotificationPostponed,
    NotificationQueued,
    NotificationSent,
    NotificationSuppressed,
)
from shared.events.values import ContactChannel
from shared.eventstore.context import caused_by
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


class Delivery:
    """The deliverer. That an attempt begins is durable before anything is sent: a crash between sending and recording
    costs one duplicate at most, and the next attempt says that it may be one. Recording twice is impossible.
    """

    def __init__(
        self,
        store: EventStore,
        channels: Mapping[ContactChannel, Channel],
        due: Due,
        *,
        clock: Clock,
        schedule: Schedule,
        quiet: Quiet,
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
        self._quiet = quiet
        self._ways = Ways(vault, quiet, channels)
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
        try:
            await self._deliver(notification_id, facts, state, state.queued)
        except ConflictError:
            log.info("delivered-by-another")

    async def _deliver(
        self, notification_id: UUID, facts: Sequence[Recorded], state: Notification, queued: NotificationQueued
    ) -> None:
        attempt = notification_id, state.attempts
        if attempt not in self._unrecorded:
            hindrance = await self._hindrance(facts, state, queued)
            if hindrance is not None:
                await self._record(notification_id, facts, hindrance)
                return
            await self._record(notification_id, facts, decide_start(state))
            facts = await self._store.stream(notification_id)
            self._unrecorded[attempt] = await self._try(notification_id, facts, state, queued)
        outcome, now = self._unrecorded[attempt], self._clock()
        try:
            event = decide_attempt(state, outcome, now, self._schedule, self._jitter())
            await self._record(notification_id, facts, event, *await self._followed(state, queued, event))
        except ConflictError:
            # Where just a late receipt for a way left before came between, the next round records this outcome.
            if not await self._still_waits(notification_id, state):
                del self._unrecorded[attempt]
            raise
        del self._unrecorded[attempt]

    async def _still_waits(self, notification_id: UUID, state: Notification) -> bool:
        known = NOTIFICATION.fold(await self._store.stream(notification_id))
        return known is not None and (known.attempts, known.due_at) == (state.attempts, state.due_at)

    async def _hindrance(
        self, facts: Sequence[Recorded], state: Notification, queued: NotificationQueued
    ) -> Event | None:
        """Return why nothing is sent now, if so: too late, or not safe by what was last said of the recipient."""
        now = self._clock()
        if state.is_expired(now):
            return NotificationFailed(attempt=state.attempts + 1, cause="expired")
        safe = await self._safe(facts, state, queued, now)
        if isinstance(safe, Wait):
            return NotificationPostponed(until=safe.until) if safe.until > now else None
        return await self._moved(state, queued, safe.reason) or NotificationSuppressed(
            case_id=queued.case_id,
            occasion=queued.occasion,
            audience=queued.audience,
            reason=safe.reason,
            person=safe.person,
        )

    async def _safe(
        self, facts: Sequence[Recorded], state: Notification, queued: NotificationQueued, now: datetime
    ) -> Wait | Silence:
        if state.channel not in self._channels:
            return Silence("channel-not-set-up", person=True)
        if queued.recipient_id is None:
            return Wait(now)
        contact = self._ways.profile(await self._store.stream(queued.recipient_id))
        if contact is None:
            return Silence("no-safe-contact", person=False)
        # Sealed anew with each fact, an address that is still the same lies there as another token: opened, they agree.
        address = self._ways.address(facts)
        way = next((one for one in ways(contact) if (one.channel, one.address) == (state.channel, address)), None)
        return Silence("contact-changed", person=True) if way is None else when_safe(way, now, self._quiet)

    async def _followed(
        self, state: Notification, queued: NotificationQueued, event: NotificationSent | NotificationFailed
    ) -> Sequence[Event]:
        """Return the move to the next way behind the last failure on this one, if there is another."""
        if isinstance(event, NotificationSent) or event.retry_at is not None:
            return ()
        moved = await self._moved(state, queued, event.cause)
        return (moved,) if moved else ()

    async def _moved(self, state: Notification, queued: NotificationQueued, reason: str) -> NotificationMoved | None:
        if queued.recipient_id is None:
            return None
        return self._ways.after(state, await self._store.stream(queued.recipient_id), self._clock(), reason)

    async def _one(self, notification_id: UUID) -> None:
        done = await attempt_async(lambda: self.deliver(notification_id=notification_id))
        if isinstance(done, Failure):
            log.error("delivery-failed", extra={"error": done.cause})

    async def _try(
        self, notification_id: UUID, facts: Sequence[Recorded], state: Notification, queued: NotificationQueued
    ) -> Outcome:
        head = facts[0].envelope
        place = place_of({head.subject}, head.stream_id, head.stream_version)
        plain = attempt(lambda: (self._ways.address(facts), opened(self._vault, queued, place).body))
        if isinstance(plain, Failure):
            log.error("sealed-text-unreadable", extra={"error": plain.cause})
            return GiveUp("unreadable")
        address, body = plain
        if address is None or ERASED in {address, body}:
            return GiveUp("erased")
        letter = Letter(
            id=notification_id,
            address=address,
            language=queued.language,
            subject=queued.subject,
            body=body,
            queued_at=head.recorded_at,
        )
        done = await attempt_async(lambda: self._channels[state.channel].deliver(letter))
        if isinstance(done, Failure):
            log.error("channel-failed", extra={"error": done.cause})
            return TryAgain("unforeseen")
        return done

    async def _record(self, notification_id: UUID, facts: Sequence[Recorded], *events: Event) -> None:
        context = caused_by(facts[-1].envelope, actor=SYSTEM, now=self._clock())
        await self._store.write(context, lambda work: work.append(notification_id, len(facts), events, context))
