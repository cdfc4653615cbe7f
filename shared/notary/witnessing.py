"""What witnesses hand in: each one's line below a checkpoint of ours, taken only when the checkpoint is of this log."""

from collections.abc import Sequence

from shared.errors import ConflictError, InvalidError, SettingsError
from shared.ledger.checkpoints import Checkpoint, read_checkpoint
from shared.ledger.notes import COSIGNATURE, Note, NoteError, Verifier, read_note, read_verifier
from shared.ledger.reading import WITNESSED, cosigned_notes, newest, nodes_of
from shared.ledger.shelves import Shelf
from shared.ledger.tree import root_of


def known_witnesses(setting: str) -> Sequence[Verifier]:
    """Read the public keys of witnesses, separated by commas or spaces."""
    try:
        found = [read_verifier(text) for text in setting.replace(",", " ").split()]
    except NoteError as error:
        raise SettingsError(f"REDRESS_LEDGER_WITNESSES: {error}") from error
    if any(one.kind != COSIGNATURE for one in found):
        raise SettingsError("REDRESS_LEDGER_WITNESSES: one is the key of a log, not what 'redress witness key' prints.")
    return found


def take_cosignature(shelf: Shelf, encoded: str, witnesses: Sequence[Verifier]) -> Sequence[str]:
    """Keep the lines of known witnesses below a checkpoint of this log; return whose they are."""
    try:
        note = read_note(encoded)
        checkpoint = read_checkpoint(note.text)
    except NoteError as error:
        raise InvalidError(str(error), field="body") from error
    lines = {
        one.key_hash: (line, one.name)
        for one in witnesses
        for line in note.signatures
        if one.signed(Note(note.text, (line,)))
    }
    if not lines:
        raise InvalidError("No witness that is known here has signed this.", field="body")
    _demand_ours(shelf, checkpoint)
    kept = {
        key.signatures[0].key_hash: key
        for key in cosigned_notes(shelf)
        if key.signatures[0].key_hash not in lines or read_checkpoint(key.text).size > checkpoint.size
    }
    fresh = {key_hash: Note(note.text, (line,)) for key_hash, (line, _) in lines.items()}
    shelf.put({WITNESSED: "\n".join(one.encoded() for one in (fresh | kept).values()).encode()})
    return [name for _, name in lines.values()]


def _demand_ours(shelf: Shelf, checkpoint: Checkpoint) -> None:
    _, ours = newest(shelf)
    same_log = checkpoint.origin == ours.origin and checkpoint.size <= ours.size
    if not same_log or root_of(checkpoint.size, nodes_of(shelf, ours.size)) != checkpoint.root:
        raise ConflictError("A witness signed a checkpoint that is not of this log: find out who signs with its key.")
