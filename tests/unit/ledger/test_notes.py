"""Signed notes, checkpoints and proofs in one file, as others write and read them."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger.checkpoints import Checkpoint, read_checkpoint
from shared.ledger.notes import COSIGNATURE, Note, NoteError, Signer, read_note, read_verifier, signed_by
from shared.ledger.proofs import Proof, read_proof, verify
from shared.ledger.tree import ProofError, inclusion, root_of
from tests.unit.ledger.test_tree import VECTORS, needs_vectors, nodes_over, words

LOG = Signer("cases.example.org", bytes(range(32)))
OTHER = Signer("cases.example.org", bytes(32))
WITNESS = Signer("witness.example.net", bytes(range(1, 33)), COSIGNATURE)


def signed(checkpoint: Checkpoint, *signers: Signer) -> Note:
    return Note(checkpoint.text(), tuple(signer.sign(checkpoint.text(), 1_700_000_000) for signer in signers))


def proven(size: int = 5, index: int = 3) -> Proof:
    leaves = words(size)
    nodes = nodes_over(leaves)
    checkpoint = Checkpoint("cases.example.org", size, root_of(size, nodes))
    return Proof(leaves[index], index, tuple(inclusion(index, size, nodes)), signed(checkpoint, LOG))


@needs_vectors
def test_the_published_note_is_signed_by_the_published_key() -> None:
    example = json.loads((VECTORS / "signed_note.json").read_bytes())["note_example"]
    verifier = read_verifier(example["vkey"])
    assert verifier.encoded() == example["vkey"]
    note = read_note(example["note"])
    assert verifier.signed(note)
    assert note.encoded() == example["note"]
    assert not verifier.signed(Note("This is another message.\n", note.signatures))


@needs_vectors
def test_the_published_private_key_has_the_published_public_key() -> None:
    published = json.loads((VECTORS / "signed_note.json").read_bytes())["tessera_test_log"]
    assert read_verifier(published["vkey"]).encoded() == published["vkey"]


def test_a_checkpoint_is_read_back_with_its_signatures() -> None:
    checkpoint = Checkpoint("cases.example.org", 7, bytes(range(32)))
    note = read_note(signed(checkpoint, LOG, WITNESS).encoded())
    assert read_checkpoint(note.text) == checkpoint
    assert signed_by(note, [OTHER.verifier, LOG.verifier]) == LOG.verifier
    assert WITNESS.verifier.signed_at(note) == 1_700_000_000
    assert OTHER.verifier.signed_at(note) is None


def test_a_witness_that_moves_its_time_has_not_signed() -> None:
    note = signed(Checkpoint("cases.example.org", 7, bytes(32)), WITNESS)
    (one,) = note.signatures
    later = one._replace(blob=(1_800_000_000).to_bytes(8, "big") + one.blob[8:])
    assert WITNESS.verifier.signed_at(Note(note.text, (later,))) is None


def test_nobody_who_is_not_known_can_sign() -> None:
    with pytest.raises(NoteError, match="None of the known keys"):
        signed_by(signed(Checkpoint("cases.example.org", 7, bytes(32)), OTHER), [LOG.verifier])


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_would_not_read_back_is_refused(name: str) -> None:
    with pytest.raises(NoteError):
        Signer(name, bytes(32))


@pytest.mark.parametrize(
    "text",
    ["", "x\n", "o\n07\nAA==\n", "o\n-1\nAA==\n", "o\n1\nnot base 64\n", "o\n1\nAA==\n", "\n1\n" + "A" * 43 + "=\n"],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        read_checkpoint(text)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (read_note, read_proof, read_verifier, read_checkpoint):
        try:
            read(text)
        except NoteError:
            continue


def test_a_proof_in_a_file_holds_offline() -> None:
    proof = read_proof(proven().encoded())
    assert proof == proven()
    assert verify(proof, [LOG.verifier]).size == 5


def test_an_altered_proof_in_a_file_does_not_hold() -> None:
    proof = proven()
    with pytest.raises(ProofError):
        verify(replace(proof, leaf=b"another"), [LOG.verifier])
    with pytest.raises(ProofError):
        verify(replace(proof, index=2), [LOG.verifier])
    with pytest.raises(NoteError):
        verify(proof, [OTHER.verifier])
    elsewhere = signed(Checkpoint("notify.example.org", 5, read_checkpoint(proof.note.text).root), LOG)
    with pytest.raises(NoteError, match="another log"):
        verify(replace(proof, note=elsewhere), [LOG.verifier])
