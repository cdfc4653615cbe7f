"""How hashes lie in files: tiles of 256 neighbours, eight levels of the tree apart (C2SP tlog-tiles).

Tile (L, N) holds the nodes of tree level 8 * L from 256 * N on. The last of a level may be partial, and is then a file
of its own, named after its width. The leaves themselves lie in entry bundles of the same width.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import NamedTuple

from shared.ledger.tree import HASH, node_hash

WIDTH = 256
HEIGHT = 8
LONGEST_ENTRY = 0xFFFF
_DIGITS = 1000


class Tile(NamedTuple):
    """One tile: its level in eights, its number, and how many hashes it has."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the log's address."""
        return f"tile/{self.level}/{_number(self.number)}{_partial(self.width)}"


def entries_path(number: int, width: int = WIDTH) -> str:
    """Return the path of a bundle of entries."""
    return f"tile/entries/{_number(number)}{_partial(width)}"


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """Yield the tiles that a log of `new` leaves has and one of `old` had not: those that must be written."""
    before, after, level = old, new, 0
    while after:
        for number in range(before // WIDTH, (after + WIDTH - 1) // WIDTH):
            width = min(WIDTH, after - number * WIDTH)
            if width > before - number * WIDTH:
                yield Tile(level, number, width)
        before, after, level = before // WIDTH, after // WIDTH, level + 1


def b64(hash_: bytes) -> str:
    """Return a hash as notes and proofs write it."""
    return b64encode(hash_).decode()


def bundled(entries: list[bytes]) -> bytes:
    """Return a bundle: each entry behind its length in two bytes, the more significant first."""
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise ValueError("an entry of a bundle has up to 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundled(bundle: bytes) -> list[bytes]:
    """Return the entries of a bundle."""
    entries, place = [], 0
    while place < len(bundle):
        end = place + 2 + int.from_bytes(bundle[place : place + 2], "big")
        if place + 2 > len(bundle) or end > len(bundle):
            raise ValueError("a bundle ends within an entry")
        entries.append(bundle[place + 2 : end])
        place = end
    return entries


class TiledNodes:
    """Implements `Nodes` of a log of `size` leaves over a way to read tiles, each of which is read once."""

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        """Take the size, which says how wide partial tiles are, and the reader of tiles."""
        self._size = size
        self._read = read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """Return the hash of a complete node: read, or made of the nodes of the tile below it."""
        eights, above = divmod(level, HEIGHT)
        begin, count = index << above, 1 << above
        hashes = [self._hash(eights, begin + each) for each in range(count)]
        while len(hashes) > 1:
            hashes = [node_hash(hashes[each], hashes[each + 1]) for each in range(0, len(hashes), 2)]
        return hashes[0]

    def _hash(self, eights: int, index: int) -> bytes:
        number, place = divmod(index, WIDTH)
        tile = self._tiles.get((eights, number))
        if tile is None:
            there = self._size >> HEIGHT * eights
            tile = self._read(Tile(eights, number, min(WIDTH, there - number * WIDTH)))
            self._tiles[eights, number] = tile
        return tile[place * HASH : (place + 1) * HASH]


def _number(number: int) -> str:
    groups = [f"{number % _DIGITS:03}"]
    while number := number // _DIGITS:
        groups.append(f"x{number % _DIGITS:03}")
    return "/".join(reversed(groups))


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"
