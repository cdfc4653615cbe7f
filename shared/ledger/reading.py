"""Proofs out of a ledger's files, as anybody can make them who has the files."""

from collections.abc import Sequence

from shared.errors import NotFoundError
from shared.ledger.checkpoints import Checkpoint, read_checkpoint
from shared.ledger.notes import Note, read_note
from shared.ledger.proofs import Proof
from shared.ledger.shelves import Shelf
from shared.ledger.tiles import WIDTH, Tile, TiledNodes, entries_path, unbundled
from shared.ledger.tree import consistency, inclusion
from shared.ledger.writing import CHECKPOINT

WITNESSED = "witnessed"
"""The newest checkpoint that each witness has signed, with its line only, one behind the other."""


def newest(shelf: Shelf) -> tuple[Note, Checkpoint]:
    """Return the checkpoint that is shown, with the lines of witnesses; a `NotFoundError` before the first."""
    note = read_note(shelf.read(CHECKPOINT).decode())
    lines = (line for one in cosigned_notes(shelf) if one.text == note.text for line in one.signatures)
    return Note(note.text, (*note.signatures, *lines)), read_checkpoint(note.text)


def cosigned_notes(shelf: Shelf) -> Sequence[Note]:
    """Return the newest checkpoint that each witness has signed."""
    try:
        parts = shelf.read(WITNESSED).decode().strip("\n").split("\n\n")
    except NotFoundError:
        return ()
    return [read_note(f"{text}\n\n{line}\n") for text, line in zip(parts[::2], parts[1::2], strict=True)]


def proof_of(shelf: Shelf, index: int) -> Proof:
    """Return the proof that a leaf is in the log; a `NotFoundError` while no checkpoint covers it."""
    note, checkpoint = newest(shelf)
    if not 0 <= index < checkpoint.size:
        raise NotFoundError(f"No checkpoint covers the fact {index} yet; {checkpoint.size} are covered.")
    number, place = divmod(index, WIDTH)
    path = inclusion(index, checkpoint.size, nodes_of(shelf, checkpoint.size))
    return Proof(_bundle(shelf, number, checkpoint.size)[place], index, tuple(path), note)


def leaves_of(shelf: Shelf, after: int, limit: int) -> Sequence[bytes]:
    """Return up to `limit` leaves from the index `after` on, of those that the newest checkpoint covers."""
    _, checkpoint = newest(shelf)
    until = min(after + limit, checkpoint.size)
    found: list[bytes] = []
    for number in range(after // WIDTH, -(-until // WIDTH)):
        begin = number * WIDTH
        found += _bundle(shelf, number, checkpoint.size)[max(after - begin, 0) : until - begin]
    return found


def continued(shelf: Shelf, old: int, new: int) -> list[bytes]:
    """Return the proof that the log of `new` leaves continues that of `old`."""
    _, checkpoint = newest(shelf)
    if not 0 < old <= new <= checkpoint.size:
        raise NotFoundError(f"A proof leads from at least 1 fact to as many or more, up to {checkpoint.size}.")
    return consistency(old, new, nodes_of(shelf, checkpoint.size))


def _bundle(shelf: Shelf, number: int, size: int) -> list[bytes]:
    """Return the leaves of a bundle in a log of `size` leaves."""
    return unbundled(shelf.read(entries_path(number, min(WIDTH, size - number * WIDTH))))


def nodes_of(shelf: Shelf, size: int) -> TiledNodes:
    """Return the hashes of a log of `size` leaves."""

    def read(tile: Tile) -> bytes:
        return shelf.read(tile.path)

    return TiledNodes(size, read)
