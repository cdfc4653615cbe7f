"""The ledger's pen: lays down leaves and hashes of a record in its order, and signs how far it has come.

Entries and tiles are durable before the checkpoint over them is signed, and the checkpoint is durable before it is
shown. Who dies in between writes the same files again, since leaves do not change. A record that is shorter than what
was signed, or says something else there, is not signed over: whoever restored it must say how to go on.
"""

from collections.abc import Iterator, Sequence

from shared.errors import CorruptRecordError, NotFoundError
from shared.ledger.checkpoints import Checkpoint, read_checkpoint
from shared.ledger.leaves import envelope_of, leaf_of
from shared.ledger.notes import Note, Signer, read_note
from shared.ledger.shelves import Shelf
from shared.ledger.tiles import HEIGHT, WIDTH, Tile, TiledNodes, bundled, entries_path, unbundled
from shared.ledger.tree import HASH, leaf_hash, node_hash, root_of

SIGNED = "signed"
"""The newest checkpoint, durable before anybody is shown it."""
CHECKPOINTS = "checkpoints"
"""Every checkpoint that was ever signed, one behind the other."""
CHECKPOINT = "checkpoint"
KEY = "key"


class Pen:
    """Writes one ledger. `signers`: the last one is today's key; an earlier one signs, too, for who knows it."""

    def __init__(self, shelf: Shelf, signers: Sequence[Signer]) -> None:
        """Take up where the shelf stands; tiles that do not fit the checkpoint are a `CorruptRecordError`."""
        self._shelf = shelf
        self._signers = signers
        self.origin = signers[-1].verifier.name
        self.signed = self._taken_up()
        self.size = self.signed.size if self.signed else 0
        self._pending: dict[str, bytes] = {}
        self._filled: list[str] = []
        self._edges = list(self._read_edges())
        self._entries = self._read_entries()
        if self.signed is not None and self._root() != self.signed.root:
            raise CorruptRecordError(f"The tiles of {self.origin} do not fit its checkpoint; restore the ledger.")

    def refusal(self, last: bytes | None, head: int) -> str | None:
        """Compare the record with what was signed: its length, and `last`, the stored bytes of the last fact in it."""
        size = self.signed.size if self.signed else 0
        if size == 0:
            return None
        if head < size or last is None:
            return f"{size} facts were signed, and the record has {head}: it was rolled back"
        if not self._entries_at(size - 1).startswith(b'{"envelope":' + envelope_of(last) + b","):
            return f"fact {size - 1} is another one than was signed: the record was replaced"
        return None

    def lay(self, states: Sequence[bytes]) -> None:
        """Lay the next facts down, as they are stored."""
        for state in states:
            leaf = leaf_of(state)
            self._entries.append(leaf)
            self._push(0, self.size, leaf_hash(leaf))
            self.size += 1
            if self.size % WIDTH == 0:
                self._fill(entries_path(self.size // WIDTH - 1), bundled(self._entries))
                self._entries = []

    def sign(self) -> Note:
        """Make everything durable, sign a checkpoint over it, make that durable, show it, and return it."""
        self._shelf.put(self._pending | dict(self._partial()))
        checkpoint = Checkpoint(self.origin, self.size, self._root())
        text = checkpoint.text()
        note = Note(text, tuple(signer.sign(text) for signer in reversed(self._signers)))
        self._shelf.put({SIGNED: note.encoded().encode()})
        self._show(note)
        self.signed, self._pending = checkpoint, {}
        for path in self._filled:
            self._shelf.drop(f"{path}.p")
        self._filled = []
        return note

    def _taken_up(self) -> Checkpoint | None:
        try:
            note = read_note(self._shelf.read(SIGNED).decode())
        except NotFoundError:
            return None
        checkpoint = read_checkpoint(note.text)
        if checkpoint.origin != self.origin or not any(one.verifier.signed(note) for one in self._signers):
            raise CorruptRecordError(f"The last checkpoint is not signed by the key of {self.origin}; restore both.")
        try:
            shown = self._shelf.read(CHECKPOINT)
        except NotFoundError:
            shown = b""
        if shown != note.encoded().encode():
            self._show(note)
        return checkpoint

    def _show(self, note: Note) -> None:
        encoded = note.encoded().encode()
        self._shelf.append(CHECKPOINTS, encoded + b"\n")
        self._shelf.put({CHECKPOINT: encoded, KEY: f"{self._signers[-1].verifier.encoded()}\n".encode()})

    def _push(self, eights: int, index: int, hash_: bytes) -> None:
        if eights == len(self._edges):
            self._edges.append(bytearray())
        edge = self._edges[eights]
        edge += hash_
        if len(edge) == WIDTH * HASH:
            self._fill(Tile(eights, index // WIDTH).path, bytes(edge))
            self._edges[eights] = bytearray()
            self._push(eights + 1, index // WIDTH, _joined(edge))

    def _fill(self, path: str, content: bytes) -> None:
        self._pending[path] = content
        self._filled.append(path)

    def _partial(self) -> Iterator[tuple[str, bytes]]:
        for eights, edge in enumerate(self._edges):
            if edge:
                yield Tile(eights, (self.size >> HEIGHT * eights) // WIDTH, len(edge) // HASH).path, bytes(edge)
        if self._entries:
            yield entries_path(self.size // WIDTH, len(self._entries)), bundled(self._entries)

    def _read_edges(self) -> Iterator[bytearray]:
        there = self.size
        for eights in range(self.size.bit_length() // HEIGHT + 1):
            number, width = divmod(there, WIDTH)
            yield bytearray(self._shelf.read(Tile(eights, number, width).path) if width else b"")
            there = number

    def _read_entries(self) -> list[bytes]:
        number, width = divmod(self.size, WIDTH)
        return unbundled(self._shelf.read(entries_path(number, width))) if width else []

    def _entries_at(self, index: int) -> bytes:
        number, place = divmod(index, WIDTH)
        width = min(WIDTH, self.size - number * WIDTH)
        return unbundled(self._shelf.read(entries_path(number, width)))[place]

    def _root(self) -> bytes:
        # What a root is made of lies at the right edge: tiles that are not full yet.
        return root_of(self.size, TiledNodes(self.size, lambda tile: bytes(self._edges[tile.level])))


def _joined(hashes: bytearray) -> bytes:
    row = [bytes(hashes[place : place + HASH]) for place in range(0, len(hashes), HASH)]
    while len(row) > 1:
        row = [node_hash(row[each], row[each + 1]) for each in range(0, len(row), 2)]
    return row[0]
