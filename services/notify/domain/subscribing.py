"""A subscription so far, and what an attempt to hand facts over means for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from shared.errors import GateClosedError, NotFoundError
from shared.events.envelope import Event, Recorded
from shared.events.subscribing import (
    SubscriptionAdvanced,
    SubscriptionEnded,
    SubscriptionFailed,
    SubscriptionMoved,
    SubscriptionOpened,
    SubscriptionSecretRotated,
)
from shared.rights import Caller, Role, Scope

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
"""Between attempts, as Standard Webhooks recommends; behind the last one the subscription ends."""

GONE = "http-410"
"""The other side wants nothing more."""

OLD_SECRET = timedelta(hours=24)
"""How long the secret before still signs beside a new one."""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """`keys` are the facts that hold its secrets, the newest first; `due_at`: the next attempt, None once it ended."""

    opened: Recorded
    keys: tuple[Recorded, ...]
    types: tuple[str, ...]
    reader: Caller
    due_at: datetime | None
    cursor: str | None = None
    old_until: datetime | None = None
    attempts: int = 0

    def signing(self, now: datetime) -> Sequence[Recorded]:
        """Return the facts whose secrets sign now, the newest first."""
        both = self.old_until is not None and now < self.old_until
        return self.keys[: 2 if both else 1]


def evolve(state: Subscription | None, recorded: Recorded) -> Subscription:
    """Take one more fact into account."""
    head, event = recorded.envelope, recorded.event
    if isinstance(event, SubscriptionOpened):
        role, scope, of = Role(event.role), Scope(event.scope), event.organisation
        reader = Caller(head.actor.id, role, head.actor.team, head.tenant, scope, organisation=of)
        return Subscription(
            opened=recorded,
            keys=(recorded,),
            types=event.types,
            reader=reader,
            due_at=head.recorded_at,
            cursor=event.cursor,
        )
    if state is None:
        raise NotFoundError("A subscription begins with its opening.")
    match event:
        case SubscriptionSecretRotated(old_until=old_until):
            changes = {"keys": (recorded, state.keys[0]), "old_until": old_until}
        case SubscriptionAdvanced(cursor=cursor):
            changes = {"cursor": cursor, "attempts": 0, "due_at": head.recorded_at}
        case SubscriptionFailed(attempt=attempt, retry_at=retry_at):
            changes = {"attempts": attempt, "due_at": retry_at}
        case SubscriptionMoved(cursor=cursor):
            changes = {"cursor": cursor, "attempts": 0, "due_at": head.recorded_at}
        case SubscriptionEnded():
            changes = {"due_at": None}
        case _:
            changes = {}
    return msgspec.structs.replace(state, **changes)


def demand_own(state: Subscription, caller: Caller | None) -> None:
    """Refuse whoever neither asked for it nor administers the tenant: to them it is not there."""
    if caller is None or caller.role is Role.ADMIN:
        return
    if caller.role is not state.reader.role or caller.organisation != state.reader.organisation:
        raise NotFoundError(f"There is no subscription with the id {state.opened.envelope.stream_id}.")


def demand_live(state: Subscription) -> None:
    """Refuse what makes no sense once it ended."""
    if state.due_at is None:
        raise GateClosedError("subscription-ended", "The subscription has ended.", opens="Open a new one.")


def decide_round(
    state: Subscription, now: datetime, *, taken: int, cursor: str | None, failure: str | None
) -> Sequence[Event]:
    """Return what is put on record of a round: so many facts were taken up to `cursor`, then `failure`, if any."""
    events: list[Event] = []
    if taken and cursor is not None:
        events.append(SubscriptionAdvanced(cursor=cursor, taken=taken))
    if failure is None:
        return events
    attempt = 1 if taken else state.attempts + 1
    if failure == GONE:
        events.append(SubscriptionEnded(reason="gone"))
    elif attempt > len(PAUSES):
        events.append(SubscriptionEnded(reason="exhausted"))
    else:
        events.append(SubscriptionFailed(attempt=attempt, cause=failure, retry_at=now + PAUSES[attempt - 1]))
    return events
