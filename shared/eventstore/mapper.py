"""Facts to stored bytes and back: our own mapper, since the library's would put class paths into the store."""

from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, Notification, StoredEvent

from shared.errors import CorruptRecordError
from shared.events import REGISTRY, envelope, upcasting
from shared.events.envelope import Recorded, Registry, Unreadable


class EventMapper(Mapper[UUID]):
    """Writes `Recorded` as the wire bytes under its stored name and reads them back, old shapes included."""

    def __init__(self, registry: Registry = REGISTRY) -> None:
        """Take the stored names that this process knows."""
        super().__init__(JSONTranscoder())
        self._registry = registry
        self._present = {topic: (kind.VERSION, envelope.whole_decoder(kind)) for topic, kind in registry.items()}

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Return the record of a fact."""
        if not isinstance(domain_event, Recorded):
            raise TypeError("only Recorded facts are stored")
        head = domain_event.envelope
        return StoredEvent(head.stream_id, head.stream_version, head.type, self.state_of(domain_event))

    def state_of(self, recorded: Recorded) -> bytes:
        """Return the wire bytes of a fact; one that was read in an older shape is written in today's."""
        head, event = recorded.envelope, recorded.event
        if isinstance(event, Unreadable):
            return event.state
        if head.type_version != event.VERSION:
            head = msgspec.structs.replace(head, type_version=event.VERSION)
        return envelope.encode(head, event)

    def to_domain_event(self, stored_event: StoredEvent) -> Recorded:
        """Return the fact of a record; its position is 0 unless the record comes from the notification log."""
        position = stored_event.id if isinstance(stored_event, Notification) else 0
        return self.read(stored_event.topic, stored_event.state, position)

    def read(self, topic: str, state: bytes, position: int) -> Recorded:
        """Return the fact of stored bytes under a stored name; today's shape in one go, an older one step by step."""
        present = self._present.get(topic)
        if present is None:
            raise CorruptRecordError(
                f"The stored name {topic} is unknown to this version of Redress; run a version that knows it."
            )
        version, decoder = present
        try:
            whole = decoder.decode(state)
        except msgspec.MsgspecError:
            return self._read_older(topic, state, position)
        if whole.envelope.type_version != version:
            return self._read_older(topic, state, position)
        return Recorded(whole.envelope, whole.data, position)

    def read_parked(self, topic: str, state: bytes, position: int) -> Recorded:
        """Like `read`, but what this version cannot read comes as `Unreadable` while its envelope can be read."""
        try:
            return self.read(topic, state, position)
        except CorruptRecordError as error:
            try:
                head, _data = envelope.decode(state)
            except msgspec.MsgspecError:
                raise error from None
            return Recorded(head, Unreadable(state=state), position)

    def _read_older(self, topic: str, state: bytes, position: int) -> Recorded:
        try:
            head, data = envelope.decode(state)
        except msgspec.MsgspecError as error:
            raise CorruptRecordError(
                f"The record at position {position} ({topic}) does not read; restore it from a back-up."
            ) from error
        return Recorded(head, upcasting.read(self._registry[topic], head.type_version, data), position)
