"""The upright axis of a chart: from zero to a round number, in round steps."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_WANTED = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """From 0 to `top` in steps of `step`."""

    top: float
    step: float

    @property
    def ticks(self) -> Sequence[float]:
        """The values that get a line."""
        return [self.step * place for place in range(round(self.top / self.step) + 1)]


def scale(largest: float) -> Scale:
    """Return the smallest scale in steps of 1, 2 or 5 times a power of ten that holds the largest value."""
    if largest <= 0:
        return Scale(1, 1)
    rough = largest / _WANTED
    power = 10.0 ** math.floor(math.log10(rough))
    step = max(1.0, power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough))
    return Scale(step * math.ceil(largest / step), step)
