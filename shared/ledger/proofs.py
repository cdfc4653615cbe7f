"""A proof in one file (C2SP tlog-proof): the leaf, its place, the path to a root, and the checkpoint that signs it."""

import re
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Sequence
from dataclasses import dataclass

from shared.ledger.checkpoints import Checkpoint, read_checkpoint
from shared.ledger.notes import Note, NoteError, Verifier, read_note, signed_by
from shared.ledger.tree import leaf_hash, verify_inclusion

BETWEEN = "\n\n\n"
"""What stands between several proofs in one file."""
HEAD = "c2sp.org/tlog-proof@v1"
_SHAPE = re.compile(rf"{re.escape(HEAD)}\nextra (?P<leaf>\S*)\nindex (?P<index>[0-9]{{1,19}})(?P<path>(?:\n\S+)*)")


@dataclass(frozen=True, slots=True)
class Proof:
    """That a leaf is in a log. `note` is the signed checkpoint."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    note: Note

    def encoded(self) -> str:
        """Return the file; the leaf stands in the line `extra`."""
        lines = [HEAD, f"extra {b64encode(self.leaf).decode()}", f"index {self.index}"]
        lines += [b64encode(step).decode() for step in self.path]
        return "\n".join(lines) + "\n\n" + self.note.encoded()


def read_proof(encoded: str) -> Proof:
    """Read a file; a `NoteError` when it is none."""
    head, gap, note = encoded.partition("\n\n")
    read = _SHAPE.fullmatch(head)
    if read is None or not gap:
        raise NoteError("This is no proof: it begins with its kind, the leaf and its index.")
    try:
        steps = tuple(b64decode(step, validate=True) for step in read["path"].split())
        return Proof(b64decode(read["leaf"], validate=True), int(read["index"]), steps, read_note(note))
    except BadBase64 as error:
        raise NoteError("A proof is written in base 64.") from error


def verify(proof: Proof, keys: Sequence[Verifier]) -> Checkpoint:
    """Check signature and path; return the checkpoint. A `NoteError` or `ProofError` says what does not hold."""
    signer = signed_by(proof.note, keys)
    checkpoint = read_checkpoint(proof.note.text)
    if checkpoint.origin != signer.name:
        raise NoteError("The checkpoint is of another log than its key.")
    verify_inclusion(leaf_hash(proof.leaf), proof.index, checkpoint.size, proof.path, checkpoint.root)
    return checkpoint
