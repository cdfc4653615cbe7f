"""The hashes of all leaves that a log has signed, read from its tiles and checked against its checkpoint."""

from collections.abc import Sequence
from functools import partial

from shared.ledger.checkpoints import read_checkpoint
from shared.ledger.notes import Verifier, read_note, signed_by
from shared.ledger.tiles import WIDTH, Tile
from shared.ledger.tree import HASH, node_hash, root_of
from shared.ledger.writing import CHECKPOINT
from shared.witness.logs import BrokenLogError, Log, tile_of


def signed_leaves(log: Log, keys: Sequence[Verifier]) -> Sequence[bytes]:
    """Return the hashes in their order; a `NoteError` or a `BrokenLogError` when they are not what a key has signed."""
    note = read_note(log.read(CHECKPOINT).decode())
    signed_by(note, keys)
    checkpoint = read_checkpoint(note.text)
    hashes: list[bytes] = []
    for number in range(-(-checkpoint.size // WIDTH)):
        tile = tile_of(log, Tile(0, number, min(WIDTH, checkpoint.size - number * WIDTH)))
        hashes += [tile[place : place + HASH] for place in range(0, len(tile), HASH)]
    if root_of(checkpoint.size, partial(_folded, hashes)) != checkpoint.root:
        raise BrokenLogError(f"The tiles of {checkpoint.origin} at {log.where} do not lead to its checkpoint.")
    return hashes


def _folded(hashes: Sequence[bytes], level: int, index: int) -> bytes:
    row = hashes[index << level : (index + 1) << level]
    while len(row) > 1:
        row = [node_hash(row[each], row[each + 1]) for each in range(0, len(row), 2)]
    return row[0]
