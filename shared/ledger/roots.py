"""The roots that a figure stands on: of each log, over just so many facts."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from shared.errors import NotFoundError
from shared.ledger.reading import newest, nodes_of
from shared.ledger.shelves import Shelf
from shared.ledger.tiles import b64
from shared.ledger.tree import root_of


class SignedRoot(msgspec.Struct, frozen=True):
    """The root of a log over its first facts, in base64; a checkpoint of this size or a larger one is signed."""

    size: int
    root: str

    def is_of(self, shelf: Shelf) -> bool:
        """Whether this is the root of a log; False, too, where the log is shorter."""
        return root_up_to(shelf, self.size) == self


class Roots(Protocol):
    """Finds the roots that stand for how far each log was read."""

    async def at(self, positions: Mapping[str, int], *, exactly: bool) -> Mapping[str, SignedRoot]:
        """Return the root of each log over as many facts as were read of it.

        With `exactly`, what is not sealed yet is sealed first, so that whoever asks again gets the same; otherwise the
        newest sealed facts stand for those that are read. A log of which partitions are read has no place of its own:
        its newest checkpoint stands for it, and with `exactly` nothing does.
        """
        ...


def root_up_to(shelf: Shelf, most: int | None) -> SignedRoot | None:
    """Return the root of a log over as many facts as the newest checkpoint covers, and no more than `most`; None before
    the first.
    """
    try:
        _, checkpoint = newest(shelf)
    except NotFoundError:
        return None
    size = checkpoint.size if most is None else min(most, checkpoint.size)
    return SignedRoot(size, b64(root_of(size, nodes_of(shelf, checkpoint.size)))) if size > 0 else None


class NoRoots:
    """Implements `Roots` where no ledger is kept."""

    async def at(self, _positions: Mapping[str, int], *, exactly: bool) -> Mapping[str, SignedRoot]:  # noqa: ARG002 - as the port has it
        """Return none."""
        return {}
