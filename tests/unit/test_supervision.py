"""Failures as values, log lines without personal words, loops that survive."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from shared.bus.loops import Loop
from shared.observing.logs import JsonLines
from shared.supervision import Failure, attempt

CANARY = "Daw Khin 081 234 5678"


def test_the_cause_of_a_failure_names_class_and_place_but_not_what_was_said() -> None:
    def broken() -> None:
        raise ValueError(CANARY)

    outcome = attempt(broken)
    assert isinstance(outcome, Failure)
    assert outcome.cause.startswith("ValueError at broken:")
    assert CANARY not in outcome.cause


def test_a_log_line_holds_neither_arguments_nor_exception_texts() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("redress.test")
    log.addHandler(handler)
    error = ValueError(CANARY)
    log.error("could not read %s", CANARY, exc_info=error, extra={"loop": "reaction.x", "text": CANARY})
    log.removeHandler(handler)
    line = json.loads(stream.getvalue())
    assert CANARY not in stream.getvalue()
    assert (line["level"], line["loop"], line["message"]) == ("error", "reaction.x", "could not read %s")


async def test_a_loop_survives_failed_rounds_and_stops_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.bus.loops.FIRST_PAUSE", 0.001)
    outcomes: Iterator[int | ValueError] = iter([ValueError(), 3, ValueError(), 1])
    stopping = asyncio.Event()
    seen: list[int] = []

    async def round_() -> int:
        outcome = next(outcomes)
        if isinstance(outcome, ValueError):
            raise outcome
        seen.append(outcome)
        if len(seen) == 2:
            stopping.set()
        return outcome

    async def rest() -> None:
        pytest.fail("there was more to do")

    loop = Loop("reaction.x", round_, rest)
    await asyncio.wait_for(loop.run(stopping), 5)
    assert seen == [3, 1]
    assert loop.failures == 0
    assert loop.silence() < 5
