"""Put a fact into its envelope."""

from uuid import UUID

from shared.events.envelope import Envelope, Event, Recorded
from shared.eventstore.context import CommandContext


def wrap(
    event: Event, event_id: UUID, stream_id: UUID, version: int, context: CommandContext, *, position: int = 0
) -> Recorded:
    """Return the fact as it is stored: who, when and why come from the command's circumstances."""
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
    )
    return Recorded(head, event, position)
