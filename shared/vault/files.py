"""Files that came with messages, on a folder beside the record: sealed under the key of who sent them.

Erasing the person destroys that key, and with it what lies here.
"""

import os
from pathlib import Path
from uuid import UUID

from shared.errors import NotFoundError
from shared.vault.sealing import opened_text, place_of
from shared.vault.vault import ErasedError, Vault

_PART = 1_000_000
_FIELD = "content"


class SealedFiles:
    """Keeps each file by the id of its stream, in parts of a megabyte, a line each."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        """`folder` is this service's own; replicas share it."""
        self._folder = folder
        self._vault = vault

    def put(self, file_id: UUID, subject: UUID, content: bytes) -> None:
        """Seal and keep a file; durable when this returns. Raises `ErasedError` when the person was erased."""
        parts = [content[start : start + _PART] for start in range(0, len(content), _PART)]
        lines = [
            # Sealing is for text: each byte stands as the letter of its number.
            self._vault.seal(part.decode("latin-1"), subject=subject, stream=file_id, version=place, field=_FIELD)
            for place, part in enumerate(parts)
        ]
        self._vault.flush()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(file_id)
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def read(self, file_id: UUID, subject: UUID) -> bytes:
        """Return what a file says; `NotFoundError` when it is not here, `ErasedError` when the person was erased."""
        if self._vault.is_erased(subject):
            raise ErasedError
        try:
            lines = self._path(file_id).read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            raise NotFoundError("The file is not kept here.") from None
        texts = [
            opened_text(self._vault, line, place_of({subject}, file_id, place), _FIELD)
            for place, line in enumerate(lines)
        ]
        return b"".join(text.encode("latin-1") for text in texts)

    def _path(self, file_id: UUID) -> Path:
        return self._folder / f"{file_id}.sealed"
