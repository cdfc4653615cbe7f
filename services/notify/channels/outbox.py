"""Mail without a mail server: one `.eml` file per notification, readable in any mail program."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from services.notify.channels.mail import AddressRefusedError, compose, message_id
from services.notify.channels.port import Letter
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain


class OutboxChannel:
    """Writes letters into a folder that only this user can read; a repeated letter replaces its own file."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        """Take the folder, which is made with the first letter, and the sender's address."""
        self._folder = folder
        self._sender = sender

    async def deliver(self, letter: Letter) -> Outcome:
        """Write the letter; it appears in the folder whole or not at all."""
        try:
            content = compose(letter, self._sender).as_bytes()
            await asyncio.to_thread(self._write, f"{letter.id}.eml", content)
        except AddressRefusedError:
            return GiveUp("invalid-address")
        except OSError:
            return TryAgain("outbox-unwritable")
        return Delivered(message_id(letter, self._sender))

    def waiting(self) -> Sequence[UUID]:
        """Return the notifications whose letters lie in the folder."""
        return [UUID(file.stem) for file in self._folder.glob("*-*.eml")]

    def remove(self, letter: UUID) -> None:
        """Take a letter out of the folder."""
        (self._folder / f"{letter}.eml").unlink(missing_ok=True)

    def _write(self, name: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self._folder / f".{name}"
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(content)
        unfinished.replace(self._folder / name)
