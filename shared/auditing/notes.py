"""Signed checkpoints, read without the code that wrote them (C2SP signed-note and tlog-checkpoint, Ed25519 keys)."""

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.errors import InvalidError

_KEY = 33
_PARTS = 3
_BASE64 = re.compile(r"[A-Za-z0-9+/]{43}=")


class Key(NamedTuple):
    """A public key, the log that it is of, and the four bytes in front of its signatures."""

    name: str
    hint: bytes
    key: Ed25519PublicKey


class Signed(NamedTuple):
    """A checkpoint: whose, how many leaves, which root; `by`: who signed it, of the known keys."""

    origin: str
    size: int
    root: bytes
    by: tuple[str, ...]


def read_key(text: str) -> Key:
    """Read `NAME+HASH+KEY`; an `InvalidError` when it is no Ed25519 key of a log."""
    name, _, rest = text.strip().partition("+")
    digits, _, encoded = rest.partition("+")
    try:
        raw = b64decode(encoded, validate=True)
        hint = bytes.fromhex(digits)
    except ValueError:
        raw = hint = b""
    if len(raw) != _KEY or raw[0] != 1 or hint != sha256(name.encode() + b"\n" + raw).digest()[:4]:
        raise InvalidError("A public key is written NAME+HASH+KEY, as the log hands it out.", field="key")
    return Key(name, hint, Ed25519PublicKey.from_public_bytes(raw[1:]))


def read_checkpoint(note: str, keys: Sequence[Key]) -> Signed:
    """Read a signed checkpoint; an `InvalidError` when it does not read. Signatures that do not hold do not count."""
    text, gap, below = note.strip("\n").partition("\n\n")
    origin, size, root = [*text.split("\n"), "", "", ""][:_PARTS]
    if not gap or not size.isdecimal() or not _BASE64.fullmatch(root):
        raise InvalidError("This is no checkpoint: an origin, a size, a root, then signatures.", field="checkpoint")
    return Signed(origin, int(size), b64decode(root), tuple(_signers(f"{text}\n".encode(), below, keys)))


def notes_in(text: str) -> Iterator[str]:
    """Split what was written one behind the other: a note ends with an empty line, and has one within."""
    parts = [part for part in text.split("\n\n") if part.strip()]
    yield from (f"{text}\n\n{below}\n" for text, below in zip(parts[::2], parts[1::2], strict=False))


def _signers(text: bytes, below: str, keys: Sequence[Key]) -> Iterator[str]:
    for line in below.splitlines():
        name, _, encoded = line.removeprefix("\u2014 ").partition(" ")
        for key in keys:
            if key.name == name and _holds(key, text, encoded):
                yield name


def _holds(key: Key, text: bytes, encoded: str) -> bool:
    try:
        raw = b64decode(encoded, validate=True)
        key.key.verify(raw[4:], text)
    except (ValueError, InvalidSignature):
        return False
    return raw[:4] == key.hint
