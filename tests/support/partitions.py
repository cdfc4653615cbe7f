"""A log as a broker keeps it: in several feeds, each numbered by itself, with runs of facts that were sent twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from shared.events.envelope import Recorded


@dataclass
class Partition:
    """One feed; a stream is in one only."""

    source: str
    name: str
    facts: list[Recorded] = field(default_factory=list)

    def put(self, fact: Recorded) -> None:
        self.facts.append(msgspec.structs.replace(fact, position=len(self.facts) + 1))

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        return self.facts[after : after + limit]

    async def head(self) -> int:
        return len(self.facts)

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - the port's word
        """Return at once: nothing is written while a test waits."""


class Partitions:
    """A log in parts. After every fifth fact a sender that was killed sends the last three once more."""

    def __init__(self, source: str, facts: Sequence[Recorded] = (), count: int = 3) -> None:
        self.source = source
        self.parts = [Partition(source, f"{source}/{number}") for number in range(count)]
        self.send(facts)

    def send(self, facts: Sequence[Recorded]) -> None:
        for number, fact in enumerate(facts, 1):
            for sent in (fact, *(facts[number - 3 : number] if number % 5 == 0 else ())):
                self.parts[sent.envelope.stream_id.int % len(self.parts)].put(sent)

    async def feeds(self) -> Sequence[Partition]:
        return self.parts
