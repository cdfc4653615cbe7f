"""What intake says of pictures, recordings and files of a message: fetched later, kept apart from the record."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.envelope import Event, Instant
from shared.ids import derived_id

ATTACHMENT = "intake.attachment"

Cause = Literal["gone", "too-large", "address-refused", "not-allowed", "unreachable", "no-account", "lost", "erased"]


class AttachmentAnnounced(Event, frozen=True, kw_only=True):
    """A message says that a file belongs to it; `place` is which of them, from 0."""

    TOPIC: ClassVar[str] = "intake.attachment-announced"
    STREAM: ClassVar[str] = ATTACHMENT
    message_id: UUID
    place: int
    channel: str
    account: str
    kind: str


class AttachmentStored(Event, frozen=True, kw_only=True):
    """The file is kept, sealed under the key of who sent it.

    `media_type` is what its first bytes say, whatever it was called; `size` in bytes; `digest` the SHA-256 in hex.
    """

    TOPIC: ClassVar[str] = "intake.attachment-stored"
    STREAM: ClassVar[str] = ATTACHMENT
    media_type: str
    size: int
    digest: str


class AttachmentFailed(Event, frozen=True, kw_only=True):
    """The file could not be fetched this time; it is tried again at `retry_at`, or, without one, never."""

    TOPIC: ClassVar[str] = "intake.attachment-failed"
    STREAM: ClassVar[str] = ATTACHMENT
    cause: Cause
    retry_at: Instant | None = None


def attachment_id(message_id: UUID, place: int) -> UUID:
    """Return the stream of a file of a message."""
    return derived_id("attachment", str(message_id), str(place))


EVENTS: tuple[type[Event], ...] = (AttachmentAnnounced, AttachmentStored, AttachmentFailed)
