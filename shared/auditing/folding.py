"""Roots of a growing log, from one run of leaves after the other: only complete subtrees at the right edge are kept."""

from collections.abc import Sequence
from hashlib import sha256

from shared.ledger.tree import EMPTY, node_hash


class Edge:
    """Complete subtrees at the right edge, by level: at most one of each."""

    __slots__ = ("_nodes", "size")

    def __init__(self) -> None:
        """Begin without leaves."""
        self.size = 0
        self._nodes: list[bytes | None] = []

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Take the hashes of the next leaves."""
        self.size += len(hashes)
        row, level, nodes = list(hashes), 0, self._nodes
        while row:
            if level == len(nodes):
                nodes.append(None)
            waiting = nodes[level]
            if waiting is not None:
                row.insert(0, waiting)
            nodes[level] = row.pop() if len(row) & 1 else None
            # The hash of a node, written out: this line is run once for every fact.
            row = [sha256(b"\x01" + row[each] + row[each + 1]).digest() for each in range(0, len(row), 2)]
            level += 1

    def root(self) -> bytes:
        """Return the root of all leaves so far."""
        found: bytes | None = None
        for node in self._nodes:
            if node is not None:
                found = node if found is None else node_hash(node, found)
        return EMPTY if found is None else found
