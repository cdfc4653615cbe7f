"""What befalls the deployed form, drawn from a seed: processes killed, engines restarted, groups shuffled."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from tests.chaos.replicas import NAMES, Fleet
from tests.engines.engine import Engine

GUEST = "cases-3"
LINGER = (0.0, 1.5)
"""Seconds for which a killed replica or engine is away: at the least, at the most."""
VISIT = (3.0, 6.0)
"""Seconds for which the guest stays."""


@dataclass(slots=True)
class Faults:
    """Strikes a fleet and its engines, and writes down when and how."""

    fleet: Fleet
    engines: Sequence[Engine]
    chance: random.Random
    begun: float = field(default_factory=time.monotonic)
    told: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def drawn(self, count: int) -> Sequence[Callable[[], None]]:
        """Return so many faults: each kind once in a random order, then each again in another."""
        every: list[Callable[[], None]] = [
            *(partial(self._kill, name) for name in NAMES),
            *(partial(self._restart, engine) for engine in self.engines),
            self._rebalance,
        ]
        drawn: list[Callable[[], None]] = []
        while len(drawn) < count:
            drawn += self.chance.sample(every, len(every))
        return drawn[:count]

    def _kill(self, name: str) -> None:
        self._tell("kill -9 of a replica", name)
        self.fleet.replicas[name].kill()
        time.sleep(self.chance.uniform(*LINGER))
        self.fleet.replicas[name].start()

    def _restart(self, engine: Engine) -> None:
        if self.chance.random() < 0.5:
            self._tell(f"{engine.name} killed", "and started again")
            engine.kill()
        else:
            self._tell(f"{engine.name} restarted", "in order")
            engine.stop()
        time.sleep(self.chance.uniform(*LINGER))
        engine.start()

    def _rebalance(self) -> None:
        self._tell("rebalance", f"{GUEST} comes and goes")
        self.fleet.add(GUEST)
        time.sleep(self.chance.uniform(*VISIT))
        leaving = self.fleet.replicas.pop(GUEST)
        leaving.stop()

    def _tell(self, kind: str, what: str) -> None:
        self.kinds[kind] += 1
        self.told.append(f"{time.monotonic() - self.begun:6.1f} s  {kind}: {what}")
