"""What is hashed of a fact: its envelope as it is stored, and the SHA-256 of all its bytes.

The envelope names no person, only a pseudonym, and is never changed. What was said is in the hash alone: erasing a key
changes nothing, and after a court had bytes replaced, the hash of the old ones still stands in the leaf.
"""

from hashlib import sha256

import msgspec

from shared.errors import CorruptRecordError


class _Wire(msgspec.Struct, frozen=True, gc=False):
    envelope: msgspec.Raw
    data: msgspec.Raw


class _Head(msgspec.Struct, frozen=True, gc=False):
    stream_id: str
    stream_version: int


class _Placed(msgspec.Struct, frozen=True, gc=False):
    envelope: _Head


class _Tenant(msgspec.Struct, frozen=True, gc=False):
    tenant: str


class _Whose(msgspec.Struct, frozen=True, gc=False):
    envelope: _Tenant


_whose = msgspec.json.Decoder(_Whose)
_wire = msgspec.json.Decoder(_Wire)
_placed = msgspec.json.Decoder(_Placed)


def leaf_of(state: bytes, sha256_hex: str | None = None) -> bytes:
    """Return the leaf of stored bytes: JSON with the members `envelope` and `sha256`, in this order, without spaces.

    `sha256_hex` is the hash of the bytes as they were, for a fact that was redacted since.
    """
    envelope = envelope_of(state)
    digest = sha256_hex or sha256(state).hexdigest()
    return b'{"envelope":' + envelope + b',"sha256":"' + digest.encode() + b'"}'


def tenant_of(leaf: bytes) -> str:
    """Return whose fact a leaf is of."""
    return _whose.decode(leaf).envelope.tenant


def masked(hash_: bytes) -> bytes:
    """Return what stands for a leaf before who may not see its envelope: JSON with its hash, in hexadecimal digits."""
    return b'{"leaf_hash":"' + hash_.hex().encode() + b'"}'


def envelope_of(state: bytes) -> bytes:
    """Return the bytes of the envelope in stored bytes."""
    return bytes(_wire.decode(state).envelope)


def head_of(state: bytes) -> tuple[str, int]:
    """Return the stream and the version of stored bytes; a `CorruptRecordError` when they are no fact."""
    try:
        head = _placed.decode(state).envelope
    except msgspec.MsgspecError as error:
        raise CorruptRecordError(
            "These bytes are no fact: they have no envelope with a stream and a version."
        ) from error
    return head.stream_id, head.stream_version
