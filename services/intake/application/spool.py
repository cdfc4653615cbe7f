"""Where messages wait on the local disk while the record cannot be written: on the disk before anybody is answered.

One file for each message, its content encrypted, named so that the order of names is the order of arrival. A file is
written under another name first, so that half a file is never taken for a message.
"""

import os
import threading
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from uuid import UUID

import msgspec

from shared.errors import CorruptRecordError, SettingsError
from shared.events.envelope import Actor
from shared.events.intake import MessageReceived
from shared.eventstore.context import CommandContext
from shared.vault.box import Box

WAITING = ".message"
CORRUPT = ".corrupt"


class Beside(msgspec.Struct, frozen=True):
    """A fact that is no message: an edit, a withdrawal, a receipt of delivery, what was kept.

    It is put on `stream_id` once; `about` is the message that it changes, `sender` who did, as the channel knows them.
    """

    topic: str
    fact: msgspec.Raw
    stream_id: UUID
    channel: str
    account: str
    about: UUID | None = None
    sender: str | None = None


class Spooled(msgspec.Struct, frozen=True):
    """A message or something beside one that waits, with the circumstances under which it came."""

    message: MessageReceived | None
    actor: Actor
    now: datetime
    correlation_id: str
    tenant: str
    occurred_at: datetime | None = None
    traceparent: str | None = None
    subject: str | None = None
    beside: Beside | None = None


class Spool:
    """A folder of what waits. Any thread may put; one at a time takes."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        """Open the folder, making it; one that cannot be written is a `SettingsError`, before it is needed."""
        self._folder = folder
        self._box = Box(secret)
        self._numbers = count()
        self._lock = threading.Lock()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write("probe", b"")
            (folder / "probe").unlink()
        except OSError as error:
            raise SettingsError(
                f"The folder {folder.name} of intake, where messages wait while the record is away, cannot be written: "
                f"{error.strerror}. Make it writable for this user."
            ) from error
        self._waiting = len(self.names())

    @property
    def size(self) -> int:
        """How many messages wait."""
        return self._waiting

    @property
    def corrupt(self) -> int:
        """How many were put aside because they could not be read or stored."""
        return sum(path.suffix == CORRUPT for path in self._folder.iterdir())

    def put(self, waiting: MessageReceived | Beside, context: CommandContext) -> None:
        """Keep what waits; it is on the disk when this returns. An `OSError` says that it is not."""
        with self._lock:
            name = f"{int(context.now.timestamp() * 1e6):020d}-{next(self._numbers):08d}{WAITING}"
        entry = Spooled(
            message=waiting if isinstance(waiting, MessageReceived) else None,
            beside=waiting if isinstance(waiting, Beside) else None,
            actor=context.actor,
            now=context.now,
            correlation_id=str(context.correlation_id),
            tenant=context.tenant,
            occurred_at=context.occurred_at,
            traceparent=context.traceparent,
            subject=context.subject.hex if context.subject else None,
        )
        self._write(name, self._box.shut(msgspec.json.encode(entry), name))
        with self._lock:
            self._waiting += 1

    def names(self) -> Sequence[str]:
        """Return what waits, the oldest first."""
        return sorted(path.name for path in self._folder.iterdir() if path.suffix == WAITING)

    def read(self, name: str) -> Spooled:
        """Return a waiting message; one that was altered is a `CorruptRecordError`."""
        content = self._box.open((self._folder / name).read_bytes(), name)
        try:
            return msgspec.json.decode(content, type=Spooled)
        except msgspec.MsgspecError:
            raise CorruptRecordError("A waiting message cannot be read by this version.") from None

    def done(self, name: str) -> None:
        """Let go of a message that is on the record."""
        (self._folder / name).unlink(missing_ok=True)
        self._went()

    def put_aside(self, name: str) -> None:
        """Keep a message that cannot be stored where it stops no other; a person looks at it."""
        path = self._folder / name
        path.rename(path.with_suffix(CORRUPT))
        self._went()

    def _went(self) -> None:
        with self._lock:
            self._waiting = max(self._waiting - 1, 0)

    def _write(self, name: str, content: bytes) -> None:
        begun = self._folder / f"{name}.begun"
        with begun.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        begun.rename(self._folder / name)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
