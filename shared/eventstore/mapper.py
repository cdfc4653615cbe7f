"""Facts to stored bytes and back: our own mapper, since the library's would put class paths into the store."""

from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, Notification, StoredEvent

from shared.errors import CorruptRecordError
from shared.events import REGISTRY, envelope, upcasting
from shared.events.envelope import Recorded, Registry


class EventMapper(Mapper[UUID]):
    """Writes `Recorded` as the wire bytes under its stored name and reads them back, old shapes included."""

    def __init__(self, registry: Registry = REGISTRY) -> None:
        """Take the stored names that this process knows."""
        super().__init__(JSONTranscoder())
        self._registry = registry

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Return the record of a fact."""
        if not isinstance(domain_event, Recorded):
            raise TypeError("only Recorded facts are stored")
        head = domain_event.envelope
        state = envelope.encode(head, domain_event.event)
        return StoredEvent(head.stream_id, head.stream_version, head.type, state)

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Return the fact of a record; its position is 0 unless the record comes from the notification log."""
        kind = self._registry.get(stored_event.topic)
        if kind is None:
            raise CorruptRecordError(
                f"The stored name {stored_event.topic} is unknown to this version of Redress; "
                "run a version that knows it."
            )
        try:
            head, data = envelope.decode(stored_event.state)
        except msgspec.MsgspecError as error:
            raise CorruptRecordError(
                f"Version {stored_event.originator_version} of stream {stored_event.originator_id} does not read; "
                "restore it from a back-up."
            ) from error
        event = upcasting.read(kind, head.type_version, data)
        position = stored_event.id if isinstance(stored_event, Notification) else 0
        return Recorded(head, event, position)
