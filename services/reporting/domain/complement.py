"""What else must be hidden, so that what is hidden stays so: the cheapest set, where a number costs what it tells."""

from collections.abc import Set as AbstractSet

from services.reporting.domain.network import Network

PATIENCE = 400
"""How many sets are tried for the cheapest before a good one is enough; a small table never needs as many."""


def complemented(network: Network, small: AbstractSet[int], width: int, patience: int = PATIENCE) -> frozenset[int]:
    """Return `small` and the cheapest set beside it in which no hidden number can be narrowed below `width`.

    Sets are tried in the order of their cost. Where one leaves too little room, only walls of that room can help, so
    each of them is tried, and the first set that holds is a cheapest one. When patience ends, the set in hand is
    completed wall by wall, and what turned out not to be needed is told again.
    """
    first = frozenset(small)
    waiting = {first: (0, sorted(first))}
    seen = {first}
    while waiting:
        hidden = min(waiting, key=waiting.__getitem__)
        cost, _ = waiting.pop(hidden)
        walls = _walls(network, hidden, width)
        if walls is None:
            return hidden
        patience -= 1
        if patience < 0:
            return _completed(network, first, hidden, width)
        for wider in (hidden | {wall} for wall in walls):
            if wider not in seen:
                seen.add(wider)
                waiting[wider] = (cost + sum(_cost(network, arc) for arc in wider - hidden), sorted(wider))
    return _everything(network)


def holds(network: Network, hidden: AbstractSet[int], width: int) -> bool:
    """Whether no hidden number can be narrowed below `width`."""
    return _walls(network, hidden, width) is None


def _walls(network: Network, hidden: AbstractSet[int], width: int) -> frozenset[int] | None:
    for arc in sorted(hidden):
        room = network.room(arc, hidden, width)
        if room.width < width:
            return room.walls
    return None


def _completed(network: Network, small: AbstractSet[int], hidden: frozenset[int], width: int) -> frozenset[int]:
    while (walls := _walls(network, hidden, width)) is not None:
        if not walls:
            return _everything(network)
        hidden |= {min(walls, key=lambda wall: (_cost(network, wall), wall))}
    for arc in sorted(hidden - small, key=lambda arc: (-_cost(network, arc), arc)):
        if holds(network, hidden - {arc}, width):
            hidden -= {arc}
    return hidden


def _cost(network: Network, arc: int) -> int:
    return 1 + network.arcs[arc].value


def _everything(network: Network) -> frozenset[int]:
    return frozenset(range(len(network.arcs))) - network.told
