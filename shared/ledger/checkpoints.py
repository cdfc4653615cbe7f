"""Checkpoints (C2SP tlog-checkpoint): the origin of a log, how many leaves it has, and their root."""

import re
from base64 import b64decode, b64encode
from typing import NamedTuple

from shared.ledger.notes import NoteError
from shared.ledger.tree import HASH

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LEAST_LINES = 3


class Checkpoint(NamedTuple):
    """What a log commits itself to."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a note as a checkpoint; lines behind the root are left alone."""
    lines = text.split("\n")
    if len(lines) <= _LEAST_LINES or not lines[0] or _SIZE.fullmatch(lines[1]) is None:
        raise NoteError("A checkpoint is an origin, a size and a root, a line each.")
    try:
        root = b64decode(lines[2], validate=True)
    except ValueError as error:
        raise NoteError("The root of a checkpoint is written in base 64.") from error
    if len(root) != HASH:
        raise NoteError("The root of a checkpoint has 32 bytes.")
    return Checkpoint(lines[0], int(lines[1]), root)
