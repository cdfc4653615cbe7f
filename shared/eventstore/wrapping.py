"""Put a fact into its envelope, what is personal in it sealed: the same for every engine."""

from uuid import UUID

from shared.events.envelope import Envelope, Event, Recorded
from shared.eventstore.context import CommandContext
from shared.vault.fields import plan_of
from shared.vault.sealing import Sealer
from shared.vault.vault import own_subject


def wrap(
    event: Event,
    event_id: UUID,
    stream_id: UUID,
    version: int,
    context: CommandContext,
    *,
    position: int = 0,
    sealer: Sealer | None = None,
) -> Recorded:
    """Return the fact as it is stored: who, when and why come from the command's circumstances.

    Without a sealer it stays as it was said; with one, that must be flushed before the transaction is committed.
    """
    subject = context.subject
    if subject is None and plan_of(type(event)) is not None:
        subject = own_subject(stream_id)
    if sealer is not None and subject is not None:
        event = sealer.seal(event, stream_id, version, subject)
    head = Envelope(
        event_id=event_id,
        type=event.TOPIC,
        type_version=event.VERSION,
        stream=event.STREAM,
        stream_id=stream_id,
        stream_version=version,
        occurred_at=context.true_at,
        recorded_at=context.now,
        actor=context.actor,
        correlation_id=context.correlation_id,
        causation_id=context.causation_id,
        traceparent=context.traceparent,
        tenant=context.tenant,
        subject=subject,
    )
    return Recorded(head, event, position)
