"""Roots of a growing log, from one leaf after the other: only the complete subtrees at the right edge are kept."""

from shared.ledger.tree import EMPTY, node_hash


class Edge:
    """Complete subtrees from left to right, the largest first."""

    __slots__ = ("_nodes", "size")

    def __init__(self) -> None:
        """Begin without leaves."""
        self.size = 0
        self._nodes: list[bytes] = []

    def add(self, hash_: bytes) -> None:
        """Take the hash of the next leaf."""
        nodes, size = self._nodes, self.size
        while size & 1:
            hash_ = node_hash(nodes.pop(), hash_)
            size >>= 1
        nodes.append(hash_)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of all leaves so far."""
        if not self._nodes:
            return EMPTY
        found = self._nodes[-1]
        for node in reversed(self._nodes[:-1]):
            found = node_hash(node, found)
        return found
