"""Rows of the vault: facts with sealed fields against the same facts as they were said, in this process."""

import time
from collections.abc import Callable

from shared.events.envelope import encode
from shared.events.intake import MessageReceived
from shared.eventstore.context import CommandContext
from shared.eventstore.mapper import EventMapper
from shared.eventstore.wrapping import wrap
from shared.ids import new_id
from shared.vault.memory import passing_vault
from shared.vault.sealing import Sealer, opened, place_of
from tests.bench.bench import Bench, Row
from tests.bench.calls import TEXT
from tests.bench.lives import DESK, START

MESSAGE = MessageReceived(channel="app", account="bench", external_id="1", text=TEXT, sender="worker-1", language="en")
"""Three personal fields, as an ordinary message has them."""
ROUNDS = 2_000


def sealing(bench: Bench) -> list[Row]:
    """Measure how many messages a second are put into their stored form and read back, sealed and plain."""
    seconds = bench.seconds(2)
    vault = passing_vault()
    sealer, subject, stream = Sealer(vault), new_id(), new_id()
    context = CommandContext(actor=DESK, now=START, correlation_id=new_id(), subject=subject)
    mapper, place = EventMapper(), place_of({subject}, stream, 1)

    def stored(with_sealer: Sealer | None) -> bytes:
        fact = wrap(MESSAGE, new_id(), stream, 1, context, sealer=with_sealer)
        return encode(fact.envelope, fact.event)

    hidden, plain = stored(sealer), stored(None)
    vault.flush()
    return [
        Row(
            "a message sealed and encoded",
            _rate(lambda: stored(sealer), seconds),
            "/s",
            "the same, not sealed",
            _rate(lambda: stored(None), seconds),
        ),
        Row(
            "a message decoded and opened",
            _rate(lambda: opened(vault, mapper.read(MESSAGE.TOPIC, hidden, 1).event, place), seconds),
            "/s",
            "the same, not sealed",
            _rate(lambda: mapper.read(MESSAGE.TOPIC, plain, 1), seconds),
        ),
    ]


def _rate(once: Callable[[], object], seconds: float) -> float:
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        for _ in range(ROUNDS):
            once()
        done += ROUNDS
    return done / (time.perf_counter() - begun)
