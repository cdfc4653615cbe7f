"""Finds the roots that figures are stamped with, in the ledgers that this process knows."""

import asyncio
from collections.abc import Mapping

from shared.ledger.roots import SignedRoot, root_up_to
from shared.notary.keeper import Keeper


class KeptRoots:
    """Implements `Roots` over the keepers of ledgers, which are made known once they are there."""

    def __init__(self) -> None:
        """Begin without ledgers."""
        self._keepers: dict[str, Keeper] = {}

    def know(self, service: str, keeper: Keeper) -> None:
        """From now on find the roots of this service's log, too."""
        self._keepers[service] = keeper

    async def at(self, positions: Mapping[str, int], *, exactly: bool) -> Mapping[str, SignedRoot]:
        """Return the root of each log that was read."""
        read = {name.partition("/")[0] for name in positions}
        found = {
            name: await _at(keeper, positions.get(name), exactly=exactly)
            for name, keeper in self._keepers.items()
            if name in read
        }
        return {name: root for name, root in found.items() if root is not None}


async def _at(keeper: Keeper, position: int | None, *, exactly: bool) -> SignedRoot | None:
    if position is None and exactly:
        return None
    found = await asyncio.to_thread(root_up_to, keeper.shelf, position)
    if not exactly or not position or _covers(found, position):
        return found
    await keeper.look()
    found = await asyncio.to_thread(root_up_to, keeper.shelf, position)
    # Where the ledger is not signed any more: better no root than one that changes.
    return found if _covers(found, position) else None


def _covers(root: SignedRoot | None, position: int) -> bool:
    return root is not None and root.size == position
