"""The tree against published vectors, and against a naive one."""

import json
from base64 import b64decode
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger.tiles import Tile, TiledNodes, bundled, tiles_between, unbundled
from shared.ledger.tree import (
    ProofError,
    consistency,
    inclusion,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

VECTORS = Path(__file__).parents[4] / "shared" / "vectors"
CASES = 98

needs_vectors = pytest.mark.skipif(not VECTORS.is_dir(), reason="the published vectors lie beside the checkout only")


def published(kind: str) -> Iterator[dict[str, Any]]:
    for file in sorted((VECTORS / "merkle" / "testdata" / kind).rglob("*.json")):
        yield json.loads(file.read_bytes())


def octets(text: str | None) -> bytes:
    return b64decode(text or "")


def naive(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive(leaves[:split]) + naive(leaves[split:])).digest()


def nodes_over(leaves: Sequence[bytes]) -> Any:
    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaf_hash(leaves[index])
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def words(count: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(count)]


@needs_vectors
def test_published_inclusion_cases_are_judged_as_published() -> None:
    cases = list(published("inclusion"))
    assert len(cases) == CASES
    for case in cases:
        proof = [octets(step) for step in case["proof"] or []]
        found = holds(
            lambda case=case, proof=proof: verify_inclusion(
                octets(case["leafHash"]), case["leafIdx"], case["treeSize"], proof, octets(case["root"])
            )
        )
        assert found is not case["wantErr"], case["desc"]


@needs_vectors
def test_published_consistency_cases_are_judged_as_published() -> None:
    cases = list(published("consistency"))
    assert len(cases) == CASES
    for case in cases:
        proof = [octets(step) for step in case["proof"] or []]
        found = holds(
            lambda case=case, proof=proof: verify_consistency(
                case["size1"], case["size2"], proof, octets(case["root1"]), octets(case["root2"])
            )
        )
        assert found is not case["wantErr"], case["desc"]


def holds(check: Any) -> bool:
    try:
        check()
    except ProofError:
        return False
    return True


@needs_vectors
def test_roots_are_those_of_the_reference() -> None:
    reference = json.loads((VECTORS / "rfc6962_reference.json").read_bytes())
    leaves = [bytes.fromhex(leaf) for leaf in reference["leaf_inputs_hex"]]
    for size, root in enumerate(reference["root_hashes_hex_by_size"]):
        assert root_of(size, nodes_over(leaves)).hex() == root


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_every_leaf_is_proven_and_every_older_tree_continued(leaves: list[bytes], data: st.DataObject) -> None:
    nodes, size = nodes_over(leaves), len(leaves)
    root = root_of(size, nodes)
    assert root == naive(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion(index, size, nodes)
    verify_inclusion(leaf_hash(leaves[index]), index, size, path, root)
    old = data.draw(st.integers(1, size))
    verify_consistency(old, size, consistency(old, size, nodes), naive(leaves[:old]), root)
    other = data.draw(st.integers(0, size - 1).filter(lambda one: leaves[one] != leaves[index] or one == index))
    if other != index:
        with pytest.raises(ProofError):
            verify_inclusion(leaf_hash(leaves[other]), index, size, path, root)


@given(st.integers(1, 70), st.data())
def test_an_altered_proof_does_not_hold(size: int, data: st.DataObject) -> None:
    leaves = words(size)
    nodes = nodes_over(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion(index, size, nodes)
    broken = data.draw(st.sampled_from([[*path, bytes(32)], path[:-1], [bytes(32), *path[1:]]]).filter(path.__ne__))
    with pytest.raises(ProofError):
        verify_inclusion(leaf_hash(leaves[index]), index, size, broken, root_of(size, nodes))


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_there_is_no_proof_from_nothing_or_backwards(old: int, new: int) -> None:
    with pytest.raises(ProofError):
        consistency(old, new, nodes_over(words(new)))
    with pytest.raises(ProofError):
        verify_consistency(old, new, [], bytes(32), bytes(32))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
def test_tiles_give_the_nodes_that_leaves_give(size: int) -> None:
    leaves = words(size)
    direct = nodes_over(leaves)

    def read(tile: Tile) -> bytes:
        return b"".join(direct(8 * tile.level, tile.number * 256 + each) for each in range(tile.width))

    tiled = TiledNodes(size, read)
    assert root_of(size, tiled) == naive(leaves)
    assert inclusion(size // 2, size, tiled) == inclusion(size // 2, size, direct)


def test_only_tiles_that_grew_are_written() -> None:
    assert [tile.path for tile in tiles_between(0, 3)] == ["tile/0/000.p/3"]
    assert [tile.path for tile in tiles_between(255, 258)] == ["tile/0/000", "tile/0/001.p/2", "tile/1/000.p/1"]
    assert [tile.path for tile in tiles_between(258, 258)] == []
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert unbundled(bundled(entries)) == entries


@pytest.mark.parametrize("bundle", [b"\x00", b"\x00\x05abc"])
def test_a_bundle_that_was_cut_is_refused(bundle: bytes) -> None:
    with pytest.raises(ValueError, match="within an entry"):
        unbundled(bundle)
