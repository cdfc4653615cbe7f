"""Signed notes (C2SP signed-note): a text, and lines below it by which keys answer for it.

A verifier is written `NAME+HASH+KEY`: the name, eight hex digits that tell keys of one name apart, and the public key
behind a byte that says its kind: 1 is Ed25519, 4 a witness whose cosignatures carry a time (C2SP tlog-cosignature).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 1
COSIGNATURE = 4
_KEY_BYTES = 32
_HASH_BYTES = 4
_TIME_BYTES = 8
_DASH = "\u2014 "
_NAME = re.compile(r"[^\s+]+")


class NoteError(ValueError):
    """A note or a key does not read, or nobody who is trusted has signed."""


class Signature(NamedTuple):
    """One line below a note: who, which of their keys, and the bytes of the signature."""

    name: str
    key_hash: bytes
    blob: bytes


class Note(NamedTuple):
    """A text, with its last newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def encoded(self) -> str:
        """Return the note as it is written."""
        lines = (f"{_DASH}{one.name} {b64encode(one.key_hash + one.blob).decode()}\n" for one in self.signatures)
        return f"{self.text}\n{''.join(lines)}"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name. `kind` is 1 for logs, 4 for witnesses."""

    name: str
    key: bytes
    kind: int = ED25519

    @property
    def key_hash(self) -> bytes:
        """The four bytes that tell keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:_HASH_BYTES]

    def encoded(self) -> str:
        """Return the key as it is handed out."""
        return f"{self.name}+{self.key_hash.hex()}+{b64encode(bytes([self.kind]) + self.key).decode()}"

    def signed(self, note: Note) -> bool:
        """Whether this key has signed the note."""
        return any(self._holds(note.text, one) for one in note.signatures)

    def signed_at(self, note: Note) -> int | None:
        """Return when a witness has signed, in seconds since 1970; None when it has not."""
        found = (one for one in note.signatures if self._holds(note.text, one))
        return next((int.from_bytes(one.blob[:_TIME_BYTES], "big") for one in found), None)

    def _holds(self, text: str, signature: Signature) -> bool:
        if (signature.name, signature.key_hash) != (self.name, self.key_hash):
            return False
        try:
            if self.kind == ED25519:
                Ed25519PublicKey.from_public_bytes(self.key).verify(signature.blob, text.encode())
            else:
                at = int.from_bytes(signature.blob[:_TIME_BYTES], "big")
                signed = cosigned_text(text, at)
                Ed25519PublicKey.from_public_bytes(self.key).verify(signature.blob[_TIME_BYTES:], signed)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signer:
    """A private key with its name."""

    def __init__(self, name: str, seed: bytes, kind: int = ED25519) -> None:
        """Take the 32 bytes of the key; the name is the log's origin, or the witness's."""
        if _NAME.fullmatch(name) is None:
            raise NoteError("The name of a key has no spaces and no plus sign.")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw(), kind)

    def sign(self, text: str, at: int = 0) -> Signature:
        """Return the signature of a text that ends with a newline; `at` is what a witness says the time is."""
        own = self.verifier
        if own.kind == ED25519:
            return Signature(own.name, own.key_hash, self._key.sign(text.encode()))
        return Signature(
            own.name, own.key_hash, at.to_bytes(_TIME_BYTES, "big") + self._key.sign(cosigned_text(text, at))
        )


def cosigned_text(text: str, at: int) -> bytes:
    """Return what a witness signs of a checkpoint (C2SP tlog-cosignature, Ed25519)."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def read_note(encoded: str) -> Note:
    """Read a note; a `NoteError` when it is none."""
    text, gap, below = encoded.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise NoteError("A note is a text, an empty line, and at least one signature.")
    return Note(text + "\n", tuple(_signature(line) for line in below.splitlines()))


def read_verifier(encoded: str) -> Verifier:
    """Read a verifier; a `NoteError` when it is none."""
    parts = encoded.strip().split("+", 2)
    try:
        name, digits, key = parts
        raw = b64decode(key, validate=True)
        verifier = Verifier(name, raw[1:], raw[0])
    except (ValueError, IndexError) as error:
        raise NoteError("A public key is written NAME+HASH+KEY.") from error
    known = verifier.kind in {ED25519, COSIGNATURE} and len(verifier.key) == _KEY_BYTES
    if not known or verifier.key_hash.hex() != digits:
        raise NoteError("The public key is of an unknown kind, or its hash does not fit its name and key.")
    return verifier


def signed_by(note: Note, verifiers: Sequence[Verifier]) -> Verifier:
    """Return the first of these keys that has signed; a `NoteError` when none has."""
    found = next((one for one in verifiers if one.signed(note)), None)
    if found is None:
        raise NoteError("None of the known keys has signed this.")
    return found


def _signature(line: str) -> Signature:
    try:
        dash, name, blob = line[:2], *line[2:].split(" ")
        raw = b64decode(blob, validate=True)
    except (ValueError, NotBase64) as error:
        raise NoteError("A signature is a line of a dash, a name and base 64.") from error
    if dash != _DASH or _NAME.fullmatch(name) is None or len(raw) <= _HASH_BYTES:
        raise NoteError("A signature is a line of a dash, a name and base 64.")
    return Signature(name, raw[:_HASH_BYTES], raw[_HASH_BYTES:])
