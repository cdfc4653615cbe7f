"""What a witness does with a checkpoint: prove that it continues the last one, remember it durably, and only then sign.

A checkpoint that does not continue the last is a fork or a log rolled back. It is kept beside the one that it
contradicts, both with the log's own signature: together they prove to anybody what its keeper did.
"""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from shared.clock import Clock
from shared.errors import NotFoundError, RedressError
from shared.ledger.checkpoints import Checkpoint, read_checkpoint
from shared.ledger.notes import Note, NoteError, Signature, Signer, Verifier, read_note, signed_by
from shared.ledger.shelves import Shelf
from shared.ledger.tiles import TiledNodes
from shared.ledger.tree import ProofError, consistency, root_of, verify_consistency
from shared.ledger.writing import CHECKPOINT
from shared.witness.logs import BrokenLogError, Log, tile_of

SEEN, FORKS = "seen", "forks"
_NAMED = 16


class ForkError(RedressError):
    """A log signed two checkpoints of which neither continues the other."""

    slug, title, status = "fork", "The log was forked or rolled back", 409

    def __init__(self, detail: str, *, before: str, now: str) -> None:
        """Take what is wrong and both checkpoints, as they were signed."""
        super().__init__(detail)
        self.before = before
        self.now = now


class Witnessed(NamedTuple):
    """What a look at a log came to: how many facts were seen before and now, and whether the operator has our line."""

    origin: str
    before: int
    size: int
    handed_in: bool


class Witness:
    """Follows logs, and remembers each by its origin on a shelf of its own."""

    def __init__(self, shelf: Shelf, signer: Signer, keys: Sequence[Verifier], clock: Clock) -> None:
        """Take where to remember, the key to cosign with, and the logs' public keys as they were handed out."""
        self._shelf = shelf
        self._signer = signer
        self._keys = keys
        self._clock = clock

    def look(self, log: Log) -> Witnessed:
        """Read a log's checkpoint, and cosign it; a `ForkError`, a `BrokenLogError` or a `NoteError` says why not."""
        note = _decoded(log.read(CHECKPOINT))
        now = read_checkpoint(note.text)
        signer = signed_by(note, self._keys)
        if signer.name != now.origin:
            raise NoteError(f"The checkpoint at {log.where} is of {now.origin}, and signed by {signer.name}.")
        seen = self._seen(now.origin)
        before = read_checkpoint(seen.text) if seen else Checkpoint(now.origin, 0, b"")
        wrong = _contradiction(log, before, now) if seen else _grown(log, before, now)
        if wrong is not None and seen is not None:
            raise self._fork(wrong, seen, note)
        mine = self._signer.verifier
        shown = any(one.name == mine.name and mine.signed(Note(note.text, (one,))) for one in note.signatures)
        cosigned = Note(note.text, (*self._of_log(note), self._signer.sign(note.text, self._now())))
        if seen is None or before != now:
            self._shelf.put({_path(SEEN, now.origin): cosigned.encoded().encode()})
        return Witnessed(now.origin, before.size, now.size, shown or log.hand_in(cosigned.encoded()))

    def _seen(self, origin: str) -> Note | None:
        try:
            return _decoded(self._shelf.read(_path(SEEN, origin)))
        except NotFoundError:
            return None

    def _fork(self, wrong: str, seen: Note, note: Note) -> ForkError:
        before, now = seen.encoded(), note.encoded()
        name = sha256(now.encode()).hexdigest()[:_NAMED]
        self._shelf.put({f"{FORKS}/{name}": f"{before}\n{now}".encode()})
        return ForkError(f"{wrong} Both checkpoints lie in {FORKS}/{name}.", before=before, now=now)

    def _of_log(self, note: Note) -> Sequence[Signature]:
        return [one for one in note.signatures if any(key.signed(Note(note.text, (one,))) for key in self._keys)]

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _contradiction(log: Log, before: Checkpoint, now: Checkpoint) -> str | None:
    """Return what keeps `now` from continuing `before`; None where it does."""
    if now.size < before.size:
        return f"{now.origin} had {before.size} facts, and shows a checkpoint of {now.size}."
    if now.size == before.size:
        same = now.root == before.root
        return None if same else f"{now.origin} signed two different logs of {now.size} facts."
    return _grown(log, before, now)


def _grown(log: Log, before: Checkpoint, now: Checkpoint) -> str | None:
    """Return what keeps a longer log from continuing a shorter; a log whose tiles do not lead to its root is broken."""
    nodes = TiledNodes(now.size, partial(tile_of, log))
    if root_of(now.size, nodes) != now.root:
        raise BrokenLogError(f"The tiles of {now.origin} at {log.where} do not lead to its checkpoint.")
    if before.size == 0:
        return None
    try:
        verify_consistency(before.size, now.size, consistency(before.size, now.size, nodes), before.root, now.root)
    except ProofError:
        return f"{now.origin} of {now.size} facts does not continue that of {before.size}."
    return None


def _decoded(content: bytes) -> Note:
    try:
        return read_note(content.decode())
    except UnicodeDecodeError as error:
        raise NoteError("A checkpoint is text in UTF-8.") from error


def _path(folder: str, origin: str) -> str:
    return f"{folder}/{sha256(origin.encode()).hexdigest()[:_NAMED]}"
