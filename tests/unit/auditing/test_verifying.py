"""The auditor's eyes: whole tiles are taken quickly, and whatever does not fit is looked at fact by fact."""

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.auditing.findings import Verified
from shared.auditing.folding import Edge
from shared.auditing.notes import read_key
from shared.auditing.sources import FolderSource
from shared.auditing.verifying import verify
from shared.ledger.leaves import leaf_of, masked
from shared.ledger.notes import Signer
from shared.ledger.shelves import FolderShelf
from shared.ledger.tree import leaf_hash
from shared.ledger.writing import Pen
from tests.unit.ledger.test_tree import naive
from tests.unit.ledger.test_writing import state, states

SIGNER = Signer("redress.test/cases", bytes(range(32)))
KEYS = [read_key(SIGNER.verifier.encoded())]
FACTS = 700
SIGNED_AT = (1, 5, 256, 300, 511, 512, FACTS)


def exported(folder: Path, facts: Sequence[bytes]) -> Path:
    """Write an export whose log was signed many times on its way."""
    pen = Pen(FolderShelf(folder / "cases" / "ledger"), [SIGNER])
    begin = 0
    for end in SIGNED_AT:
        pen.lay(facts[begin:end])
        pen.sign()
        begin = end
    written(folder, facts)
    return folder


def written(folder: Path, facts: Sequence[bytes]) -> None:
    (folder / "cases" / "events.jsonl").write_bytes(b"".join(fact + b"\n" for fact in facts))


def found(verified: Verified) -> list[tuple[int | None, str]]:
    return [(finding.at, finding.what) for finding in verified.findings]


@given(st.lists(st.integers(0, 40), max_size=8))
@settings(max_examples=40, deadline=None)
def test_the_root_is_the_same_however_leaves_come_in_runs(runs: list[int]) -> None:
    leaves = [str(number).encode() for number in range(sum(runs))]
    edge = Edge()
    for run in runs:
        edge.extend([leaf_hash(leaf) for leaf in leaves[edge.size : edge.size + run]])
    assert (edge.size, edge.root()) == (len(leaves), naive(leaves))


def test_every_checkpoint_on_the_way_is_met(tmp_path: Path) -> None:
    verified = verify(FolderSource(exported(tmp_path, states(0, FACTS)), "cases"), KEYS)
    assert found(verified) == []
    assert (verified.facts, verified.checkpoints) == (FACTS, len(SIGNED_AT))


def test_facts_that_are_laid_out_otherwise_are_verified_all_the_same(tmp_path: Path) -> None:
    odd = [
        b' {"data" : {"a": 1}, "envelope" :' + json.dumps(json.loads(one)["envelope"]).encode() + b"}"
        for one in states(0, FACTS)
    ]
    assert found(verify(FolderSource(exported(tmp_path, odd), "cases"), KEYS)) == []


def test_what_a_court_had_taken_out_is_counted_and_holds_by_its_old_hash(tmp_path: Path) -> None:
    facts = states(0, FACTS)
    folder = exported(tmp_path, facts)
    at = 300
    redacted = facts[at].replace(b'"text":""', b'"text":null')
    assert redacted != facts[at]
    written(folder, [*facts[:at], redacted, *facts[at + 1 :]])
    assert found(verify(FolderSource(folder, "cases"), KEYS))[0] == (
        at,
        "the fact is not the one whose hash was published",
    )

    head = json.loads(facts[at])["envelope"]
    row = {
        "stream_id": head["stream_id"],
        "stream_version": head["stream_version"],
        "sha256": sha256(facts[at]).hexdigest(),
    }
    (folder / "cases" / "redactions.jsonl").write_text(json.dumps(row) + "\n")
    verified = verify(FolderSource(folder, "cases"), KEYS)
    assert (found(verified), verified.redacted) == ([], 1)


def leaves(facts: Sequence[bytes]) -> list[bytes]:
    return [leaf_of(fact) for fact in facts]


def test_leaves_and_hashes_that_stand_for_facts_hold_and_are_counted(tmp_path: Path) -> None:
    facts = states(0, FACTS)
    folder = exported(tmp_path, facts)
    masked_ones = [masked(leaf_hash(leaf)) for leaf in leaves(facts)]
    written(folder, masked_ones)
    verified = verify(FolderSource(folder, "cases"), KEYS)
    assert (found(verified), verified.masked, verified.enveloped) == ([], FACTS, 0)
    written(folder, leaves(facts))
    verified = verify(FolderSource(folder, "cases"), KEYS)
    assert (found(verified), verified.masked, verified.enveloped) == ([], 0, FACTS)


@pytest.mark.parametrize("at", [0, 256, FACTS - 1])
def test_a_hash_that_stands_for_another_fact_is_named(tmp_path: Path, at: int) -> None:
    facts = states(0, FACTS)
    folder = exported(tmp_path, facts)
    written(folder, [*facts[:at], masked(leaf_hash(b"another")), *facts[at + 1 :]])
    assert found(verify(FolderSource(folder, "cases"), KEYS))[0] == (
        at,
        "the fact is not the one whose hash was published",
    )


@pytest.mark.parametrize("line", [b'{"leaf_hash":"abc"}', b'{"leaf_hash":"zz"}', b"{}", b"[]"])
def test_a_line_that_is_neither_fact_nor_leaf_nor_hash_is_no_fact(tmp_path: Path, line: bytes) -> None:
    folder = exported(tmp_path, states(0, FACTS))
    written(folder, [line, *states(1, FACTS)])
    assert found(verify(FolderSource(folder, "cases"), KEYS))[0] == (0, "this is no fact")


def test_one_fact_of_a_stream_that_is_hidden_from_its_reader_shows(tmp_path: Path) -> None:
    facts = states(0, FACTS)
    folder = exported(tmp_path, facts)
    written(folder, [*facts[:9], masked(leaf_hash(leaf_of(facts[9]))), *facts[10:]])
    verified = verify(FolderSource(folder, "cases"), KEYS)
    assert (verified.masked, ["jumps" in what for _, what in found(verified)]) == (1, [True])


@pytest.mark.parametrize("at", [0, 255, 256, FACTS - 1])
def test_the_first_changed_fact_is_named_at_the_edges_of_tiles_too(tmp_path: Path, at: int) -> None:
    facts = states(0, FACTS)
    folder = exported(tmp_path, facts)
    written(folder, [*facts[:at], state(at, "changed"), *facts[at + 1 :]])
    assert found(verify(FolderSource(folder, "cases"), KEYS))[0][0] == at


def test_without_tiles_the_checkpoints_still_tell_between_which_facts_something_differs(tmp_path: Path) -> None:
    facts = states(0, FACTS)
    folder = exported(tmp_path, facts)
    FolderShelf(folder / "cases" / "ledger").drop("tile")
    written(folder, [*facts[:280], state(280, "changed"), *facts[281:]])
    (finding,) = found(verify(FolderSource(folder, "cases"), KEYS))
    assert finding == (256, "the checkpoint over 300 facts does not hold: something in 256 to 299 differs")


def test_the_rest_behind_something_that_is_no_fact_is_not_believed(tmp_path: Path) -> None:
    facts = states(0, FACTS)
    folder = exported(tmp_path, facts)
    written(folder, [*facts[:260], b"no fact", *facts[261:]])
    assert found(verify(FolderSource(folder, "cases"), KEYS))[0] == (260, "this is no fact")
