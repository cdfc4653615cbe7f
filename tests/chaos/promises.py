"""What the system was told, what it promised by answering, and callers that go on until it is gone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.chaos.caller import GONE, Caller
from tests.process.serving import System

SENDERS, HANDLERS, NOTES_PER_CASE = 12, 4, 5
OK, CREATED = 200, 201


@dataclass(slots=True)
class Promises:
    """Every acknowledged message and note, and those of which the answer never came."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """External id -> message id, receipt and position as first answered."""
    notes: dict[str, list[str]] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def submit(self, caller: Caller) -> None:
        """Submit a message that was never submitted before."""
        external_id = f"chaos-{next(self.numbers):06d}"
        self.unanswered.append(external_id)
        self.settle(caller, external_id, {202})
        self.unanswered.remove(external_id)

    def settle(self, caller: Caller, external_id: str, expected: set[int]) -> None:
        """Submit a message and keep what was promised; a repeat must promise the same."""
        status, answer = caller.ask("POST", "/intake/v1/messages", message(external_id))
        if status not in expected:
            raise AssertionError(f"{external_id} was answered with {status}: {answer}")
        known = self.messages.setdefault(external_id, answer)
        if {**known, "position": None} != {**answer, "position": None}:
            raise AssertionError(f"{external_id} was promised {known}, then {answer}")

    def handle(self, caller: Caller) -> None:
        """Open a case and write notes into it; each acknowledged one must stay."""
        status, opened = caller.ask("POST", "/cases/v1/cases", {"channel": "hotline", "language": "my"})
        if status != CREATED:
            raise AssertionError(f"a case was answered with {status}: {opened}")
        kept = self.notes.setdefault(opened["case_id"], [])
        for _ in range(NOTES_PER_CASE):
            text = f"note {next(self.numbers)}"
            status, answer = caller.ask("POST", f"/cases/v1/cases/{opened['case_id']}/note", {"text": text})
            if status != OK:
                raise AssertionError(f"a note was answered with {status}: {answer}")
            kept.append(text)


def message(external_id: str) -> dict[str, str]:
    """Return a message; four of them share a sender, so that they meet in one report."""
    sender = f"worker-{int(external_id[-6:]) // 4}"
    body = {"channel": "app", "account": "chaos", "external_id": external_id, "sender": sender, "language": "my"}
    return {**body, "text": "They keep our passports."}


@contextmanager
def load(system: System, promises: Promises) -> Iterator[None]:
    """Let callers go on until the system is gone; a wrong answer of any of them fails the block."""
    wrong: list[AssertionError] = []

    def until_gone(step: Callable[[Caller], None]) -> None:
        with closing(Caller(system)) as caller:
            try:
                while True:
                    step(caller)
            except GONE:
                return
            except AssertionError as error:
                wrong.append(error)

    steps = [promises.submit] * SENDERS + [promises.handle] * HANDLERS
    threads = [threading.Thread(target=until_gone, args=(step,), daemon=True) for step in steps]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
