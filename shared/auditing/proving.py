"""Verifies one proof in a file (C2SP tlog-proof) with nothing but a public key."""

import json
import re
from base64 import b64decode
from collections.abc import Sequence
from typing import Any, NamedTuple

from shared.auditing.notes import Key, Signed, read_checkpoint
from shared.errors import InvalidError
from shared.ledger.tree import ProofError, leaf_hash, verify_inclusion

_SHAPE = re.compile(
    r"c2sp\.org/tlog-proof@v1\nextra (?P<leaf>[A-Za-z0-9+/=]+)\nindex (?P<index>[0-9]{1,19})"
    r"(?P<path>(?:\n[A-Za-z0-9+/]{43}=)*)"
)
BETWEEN = "\n\n\n"
"""What stands between several proofs in one file."""


class Shown(NamedTuple):
    """What a proof shows: the fact's envelope and hash, its place, and the checkpoint over it."""

    leaf: dict[str, Any]
    place: int
    checkpoint: Signed


def verify_proofs(text: str, keys: Sequence[Key]) -> list[Shown]:
    """Check every proof of a file; an `InvalidError` says what does not hold."""
    return [_verify(one.strip("\n") + "\n", keys) for one in text.split(BETWEEN) if one.strip()]


def _verify(text: str, keys: Sequence[Key]) -> Shown:
    head, _, note = text.partition("\n\n")
    found = _SHAPE.fullmatch(head)
    if found is None:
        raise InvalidError("This is no proof: it begins with its kind, the leaf and its index.", field="file")
    checkpoint = read_checkpoint(note, keys)
    if checkpoint.origin not in checkpoint.by:
        raise InvalidError("The checkpoint in the proof is not signed by the key of its log.", field="file")
    leaf, path = b64decode(found["leaf"]), [b64decode(step) for step in found["path"].split()]
    try:
        verify_inclusion(leaf_hash(leaf), int(found["index"]), checkpoint.size, path, checkpoint.root)
    except ProofError as error:
        raise InvalidError(f"The proof does not hold. {error}", field="file") from error
    return Shown(json.loads(leaf), int(found["index"]), checkpoint)
