"""Who wants it, since when it is true, and on which condition: what a command carries beside its own words."""

from datetime import datetime
from uuid import UUID

import msgspec

from shared.events.envelope import Actor, Envelope
from shared.rights import Caller, Override


class CommandContext(msgspec.Struct, frozen=True, kw_only=True):
    """The circumstances of a command.

    `now` is the time of recording; `occurred_at` the time of truth, if it was earlier. `expected_version` comes from
    `If-Match`; `idempotency_key` from the header of that name, `fingerprint` tells two uses of one key apart.
    `subject` is the pseudonym of whom it is about, where that is known; without it, a stream has a person of its own.
    `caller` is who asks from outside, with how far they reach; None for the system itself, which reaches everything.
    """

    actor: Actor
    now: datetime
    correlation_id: UUID
    occurred_at: datetime | None = None
    causation_id: UUID | None = None
    traceparent: str | None = None
    tenant: str = "default"
    expected_version: int | None = None
    idempotency_key: str | None = None
    fingerprint: str | None = None
    subject: UUID | None = None
    caller: Caller | None = None
    override: Override | None = None

    @property
    def true_at(self) -> datetime:
        """The time at which the fact was true."""
        return self.occurred_at or self.now


def caused_by(cause: Envelope, *, actor: Actor, now: datetime, occurred_at: datetime | None = None) -> CommandContext:
    """Return the context of what follows from a fact: the fact as its cause, the same thread of correlation."""
    return CommandContext(
        actor=actor,
        now=now,
        occurred_at=occurred_at,
        correlation_id=cause.correlation_id,
        causation_id=cause.event_id,
        traceparent=cause.traceparent,
        tenant=cause.tenant,
        subject=cause.subject,
    )
