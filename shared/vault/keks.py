"""Key-encryption keys: what wraps the data keys. From a file, from the environment, or from a service behind the port.

A file has one key a line, `ID BASE64`; the last one wraps, earlier ones still unwrap.
"""

import binascii
import secrets
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from shared.errors import SettingsError

KEY_BYTES = 32
KEPT = 2
"""Generations that stay in the file: a process that has not looked yet may wrap with the one before."""


class KeyEncryption(Protocol):
    """Wraps data keys. A key management service implements it with calls of its own; its key never leaves it."""

    def knows(self, kek: str) -> bool:
        """Whether the key of this id is at hand."""
        ...

    def current(self) -> str:
        """Return the id of the key that wraps from now on."""
        ...

    def wrap(self, key: bytes) -> tuple[str, bytes]:
        """Return the id of the wrapping key and the wrapped key."""
        ...

    def unwrap(self, kek: str, wrapped: bytes) -> bytes:
        """Return the key; a `SettingsError` when the wrapping key of this id is not at hand or another one."""
        ...


class HeldKeks:
    """Key-encryption keys that this process holds: AES-KW (RFC 3394) with 256 bits."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Take the keys by id; the last one wraps."""
        if not keys or any(len(key) != KEY_BYTES for key in keys.values()):
            raise SettingsError("A key-encryption key is 32 bytes, written 'ID BASE64'.")
        self._keys = dict(keys)

    def knows(self, kek: str) -> bool:
        """Whether the key of this id is one of them."""
        return kek in self._keys

    def current(self) -> str:
        """Return the id of the last key."""
        return next(reversed(self._keys))

    def wrap(self, key: bytes) -> tuple[str, bytes]:
        """Wrap with the last key."""
        kek = self.current()
        return kek, aes_key_wrap(self._keys[kek], key)

    def unwrap(self, kek: str, wrapped: bytes) -> bytes:
        """Unwrap with the key of this id."""
        try:
            return aes_key_unwrap(self._keys[kek], wrapped)
        except (KeyError, InvalidUnwrap):
            raise SettingsError(
                f"The key-encryption key {kek} is not at hand or is another one; give back the one it was."
            ) from None


class FileKeks(HeldKeks):
    """Keys in a file that only its owner may read; made at the first start, read again when it changes."""

    def __init__(self, path: Path) -> None:
        """Read the file, making it when it is not there."""
        self._path = path
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(_fresh(1))
        self._read_at = 0
        super().__init__(self._read())

    def current(self) -> str:
        """Return the id of the last key in the file as it is now."""
        self._look()
        return super().current()

    def knows(self, kek: str) -> bool:
        """Whether the key of this id is in the file; one that is not known yet may have been added."""
        if kek not in self._keys:
            self._look()
        return super().knows(kek)

    def unwrap(self, kek: str, wrapped: bytes) -> bytes:
        """Unwrap with the key of this id, as the file is now."""
        self.knows(kek)
        return super().unwrap(kek, wrapped)

    def add(self) -> str:
        """Put a new key behind the others, drop those beyond `KEPT`, and return its id."""
        self._look()
        number = 1 + max(int(kek.rpartition("-")[2]) for kek in self._keys)
        kept = dict(list(self._keys.items())[1 - KEPT :])
        self._write(kept | _fresh(number))
        self._look()
        return self.current()

    def _look(self) -> None:
        if self._path.stat().st_mtime_ns != self._read_at:
            self._keys = dict(self._read())

    def _read(self) -> Mapping[str, bytes]:
        self._read_at = self._path.stat().st_mtime_ns
        return parsed(self._path.read_text().splitlines())

    def _write(self, keys: Mapping[str, bytes]) -> None:
        lines = "".join(f"{kek} {b2a_base64(key, newline=False).decode()}\n" for kek, key in keys.items())
        beside = self._path.with_suffix(".new")
        beside.touch(mode=0o600)
        beside.write_text(lines)
        beside.replace(self._path)


class Succession:
    """Keys of one kind after those of another: the heir wraps, both unwrap, until a rotation has rewrapped all."""

    def __init__(self, heir: KeyEncryption, earlier: KeyEncryption) -> None:
        """Take both."""
        self._heir, self._earlier = heir, earlier

    def knows(self, kek: str) -> bool:
        """Whether one of both has the key of this id."""
        return self._heir.knows(kek) or self._earlier.knows(kek)

    def current(self) -> str:
        """Return the id of the heir's key."""
        return self._heir.current()

    def wrap(self, key: bytes) -> tuple[str, bytes]:
        """Wrap with the heir's key."""
        return self._heir.wrap(key)

    def unwrap(self, kek: str, wrapped: bytes) -> bytes:
        """Unwrap with whichever has the key of this id."""
        return (self._heir if self._heir.knows(kek) else self._earlier).unwrap(kek, wrapped)


def parsed(lines: list[str]) -> Mapping[str, bytes]:
    """Read keys written `ID BASE64`, one each."""
    pairs = [line.split() for line in lines if line.strip()]
    try:
        return {kek: a2b_base64(key) for kek, key in pairs}
    except (ValueError, binascii.Error):
        raise SettingsError("A key-encryption key is 32 bytes, written 'ID BASE64'.") from None


def _fresh(number: int) -> dict[str, bytes]:
    return {f"kek-{number}": secrets.token_bytes(KEY_BYTES)}
