"""A sealed value: text that says of itself whose it is, where it belongs and which key opens it."""

import re
from binascii import Error, a2b_base64, b2a_base64
from typing import NamedTuple
from uuid import UUID

PREFIX = "sealed:1:"
"""Format version 1: AES-256-GCM, a random nonce of 96 bits before the ciphertext, the head as associated data."""

MASK = "*******"
"""What lists, exports and readers without a purpose see of a sealed value."""
ERASED = "[erased]"
"""What a reader with a purpose sees of a value whose key was destroyed."""
ALTERED = "[altered]"
"""What a reader with a purpose sees of a value that does not open where it lies."""

_PARTS = 6
_QUOTED = re.compile(rb'(?<!\\)"sealed:1:[^"\\]*"')


class Token(NamedTuple):
    """A sealed value taken apart. `head` is what the ciphertext is bound to; `content` is nonce and ciphertext."""

    subject: UUID
    key: int
    stream: UUID
    version: int
    field: str
    head: str
    content: bytes

    @property
    def leaf(self) -> str:
        """The last name of the field's path."""
        return self.field.rpartition(".")[2]


def head_of(*, subject: UUID, key: int, stream: UUID, version: int, field: str) -> str:
    """Return the readable part of a token, which is also the associated data of its ciphertext."""
    return f"{PREFIX}{_short(subject)}:{key}:{_short(stream)}:{version}:{field}"


def join(head: str, content: bytes) -> str:
    """Return the token of a head and its nonce and ciphertext."""
    return f"{head}:{b2a_base64(content, newline=False).decode()}"


def read(text: str) -> Token | None:
    """Take a token apart; None for text that is none."""
    if not text.startswith(PREFIX):
        return None
    head, _, content = text.rpartition(":")
    parts = head[len(PREFIX) :].split(":")
    if len(parts) != _PARTS - 1:
        return None
    subject, key, stream, version, field = parts
    try:
        return Token(_long(subject), int(key), _long(stream), int(version), field, head, a2b_base64(content))
    except (Error, ValueError):
        return None


def is_sealed(text: object) -> bool:
    """Whether a value has the form of a token; whether it is one, only its key can tell."""
    return isinstance(text, str) and text.startswith(PREFIX)


def masked_json(encoded: bytes) -> bytes:
    """Return JSON in which every sealed value is masked."""
    return _QUOTED.sub(b'"' + MASK.encode() + b'"', encoded)


def _short(name: UUID) -> str:
    return b2a_base64(name.bytes, newline=False)[:22].decode()


def _long(text: str) -> UUID:
    return UUID(bytes=a2b_base64(text + "=="))
