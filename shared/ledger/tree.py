"""The Merkle tree of RFC 9162 (section 2.1) over SHA-256: hashes, roots, proofs and their verification.

Nodes are named by level and index: node (0, i) is leaf i, node (l, i) is the root of the 2**l leaves from i * 2**l on.
Only complete nodes are ever asked for; whoever keeps hashes answers `Nodes`.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH = 32
"""Bytes of a hash."""

EMPTY = sha256(b"").digest()
"""The root of no leaves."""

Nodes = Callable[[int, int], bytes]
"""From level and index to the hash of a complete node."""


class ProofError(ValueError):
    """A proof does not hold."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf's bytes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def root_of(size: int, nodes: Nodes) -> bytes:
    """Return the root of the first `size` leaves."""
    return _range_root(0, size, nodes) if size else EMPTY


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """Return the audit path of a leaf in the tree of `size` leaves, from the leaf up (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ProofError(f"There is no leaf {index} among {size}.")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_range_root(middle, end, nodes))
            end = middle
        else:
            path.append(_range_root(begin, middle, nodes))
            begin = middle
    return path[::-1]


def consistency(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """Return the proof that the first `old` of `new` leaves are what they were (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= new:
        raise ProofError(f"A proof leads from at least 1 leaf to as many or more, not from {old} to {new}.")
    proof: list[bytes] = []
    begin, end, whole = 0, new, True
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            proof.append(_range_root(middle, end, nodes))
            end = middle
        else:
            proof.append(_range_root(begin, middle, nodes))
            begin, whole = middle, False
    return [*([] if whole else [_range_root(begin, end, nodes)]), *proof[::-1]]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf hash is leaf `index` of the tree with this root (RFC 9162, 2.1.3.2); else a `ProofError`."""
    if not 0 <= index < size:
        raise ProofError(f"There is no leaf {index} among {size}.")
    found = leaf
    for step, is_left in zip(proof, _sides(index, size - 1, len(proof)), strict=True):
        found = node_hash(step, found) if is_left else node_hash(found, step)
    if len(leaf) != HASH or found != root:
        raise ProofError("The proof leads to another root.")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that one tree continues another (RFC 9162, 2.1.4.2); else a `ProofError`."""
    if not 0 < old <= new:
        raise ProofError(f"A proof leads from at least 1 leaf to as many or more, not from {old} to {new}.")
    if old == new:
        if proof or old_root != new_root:
            raise ProofError("Trees of the same size are the same tree, and need no proof.")
        return
    # A tree of a power of two is a node of the later one by itself, and the proof leaves it out.
    known = list(proof) if old & (old - 1) else [old_root, *proof]
    if not known:
        raise ProofError("The proof is too short.")
    first, *steps = known
    shared = (old & -old).bit_length() - 1
    before = after = first
    for step, is_left in zip(steps, _sides(old - 1 >> shared, new - 1 >> shared, len(steps)), strict=True):
        if is_left:
            before, after = node_hash(step, before), node_hash(step, after)
        else:
            after = node_hash(after, step)
    if before != old_root or after != new_root:
        raise ProofError("The proof leads to other roots.")


def _sides(place: int, last: int, steps: int) -> Iterator[bool]:
    """Yield for each step from a node up whether its neighbour lies left; there must be just as many to the root."""
    for _ in range(steps):
        if last == 0:
            raise ProofError("The proof is too long.")
        is_left = bool(place & 1) or place == last
        yield is_left
        while is_left and not place & 1 and place:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("The proof is too short.")


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def _range_root(begin: int, end: int, nodes: Nodes) -> bytes:
    """Return the root of leaves [begin, end), as a split of the tree has made them: complete nodes, right to left."""
    found: bytes | None = None
    while end > begin:
        width = min(end & -end, 1 << (end - begin).bit_length() - 1)
        node = nodes(width.bit_length() - 1, end // width - 1)
        found = node if found is None else node_hash(node, found)
        end -= width
    if found is None:
        raise ProofError("A range without leaves has no root.")
    return found
