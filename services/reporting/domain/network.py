"""What an attacker can work out: the exact span of a hidden number, given all that is told about its table.

A table with its margins is a circulation: every number is an arc, and at every node as much goes in as comes out. What
is told is fixed; what is hidden may be any whole number from zero on. How far a hidden number can rise or fall is then
a largest flow through the other hidden ones, and such flows are whole, so the span is exact for whole numbers.
"""

from collections import deque
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple


class Arc(NamedTuple):
    """A number of the table, between two nodes."""

    tail: int
    head: int
    value: int


class Room(NamedTuple):
    """How wide a span is, up to what was asked; if less, one of `walls` must be hidden before it can be wider."""

    width: int
    walls: frozenset[int]


@dataclass(frozen=True, slots=True)
class Network:
    """The numbers of one table with its margins; those in `told` are never hidden."""

    arcs: tuple[Arc, ...]
    told: frozenset[int]

    def room(self, arc: int, hidden: AbstractSet[int], need: int) -> Room:
        """Return the room of a hidden number: how far it can rise and fall when all `hidden` are unknown."""
        tail, head, value = self.arcs[arc]
        others = hidden - {arc}
        up, above = self._flow(head, tail, others, need)
        walls = self._walls(above, others, arc) if up < need else frozenset[int]()
        fall = min(need - up, value)
        down, below = self._flow(tail, head, others, fall)
        if down < fall:
            walls |= self._walls(below, others, arc)
        return Room(up + down, walls)

    def _flow(self, source: int, sink: int, hidden: AbstractSet[int], need: int) -> tuple[int, AbstractSet[int]]:
        """Return the largest flow, not above `need`, and the nodes that the source still reaches."""
        moved = dict.fromkeys(hidden, 0)
        total = 0
        while total < need:
            way = self._way(source, sink, moved)
            if sink not in way:
                return total, way.keys()
            steps = list(_back(way, source, sink))
            amount = min([need - total, *(self.arcs[arc].value + moved[arc] for arc, gain in steps if gain < 0)])
            for arc, gain in steps:
                moved[arc] += gain * amount
            total += amount
        return total, {source}

    def _way(self, source: int, sink: int, moved: dict[int, int]) -> dict[int, tuple[int, int, int]]:
        """Return how each node is reached: from which node, by which arc, raising (1) or lowering (-1) it."""
        way = {source: (source, -1, 0)}
        waiting = deque([source])
        while waiting and sink not in way:
            node = waiting.popleft()
            for arc, change in moved.items():
                tail, head, value = self.arcs[arc]
                if tail == node and head not in way:
                    way[head] = (node, arc, 1)
                    waiting.append(head)
                elif head == node and tail not in way and value + change > 0:
                    way[tail] = (node, arc, -1)
                    waiting.append(tail)
        return way

    def _walls(self, reached: AbstractSet[int], hidden: AbstractSet[int], arc: int) -> frozenset[int]:
        return frozenset(
            number
            for number, (tail, head, value) in enumerate(self.arcs)
            if number != arc
            and number not in hidden
            and number not in self.told
            and ((tail in reached and head not in reached) or (head in reached and tail not in reached and value > 0))
        )


def _back(way: dict[int, tuple[int, int, int]], source: int, sink: int) -> Iterator[tuple[int, int]]:
    node = sink
    while node != source:
        node, arc, gain = way[node]
        yield arc, gain


def line(values: tuple[int, ...]) -> Network:
    """Return numbers (arcs 0, 1, …) that add up to a total which is told."""
    cells = tuple(Arc(0, 1, value) for value in values)
    return Network((*cells, Arc(1, 0, sum(values))), frozenset({len(cells)}))


def grid(values: tuple[tuple[int, ...], ...]) -> Network:
    """Return a table row by row, then the sums of its rows, then of its columns, then the total, which is told."""
    rows, columns = len(values), len(values[0])
    into, out = rows + columns, rows + columns + 1
    cells = [Arc(r, rows + c, value) for r, row in enumerate(values) for c, value in enumerate(row)]
    right = [Arc(out, r, sum(row)) for r, row in enumerate(values)]
    below = [Arc(rows + c, into, sum(column)) for c, column in enumerate(zip(*values, strict=True))]
    total = Arc(into, out, sum(arc.value for arc in cells))
    arcs = (*cells, *right, *below, total)
    return Network(arcs, frozenset({len(arcs) - 1}))
