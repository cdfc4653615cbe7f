"""A record as an auditor has it: the facts of an export, read from its file as the log that they were."""

from array import array
from collections.abc import Sequence
from pathlib import Path

import msgspec

from shared.errors import CorruptRecordError, InvalidError
from shared.events.envelope import Recorded
from shared.eventstore.mapper import EventMapper

EVENTS = "events.jsonl"


class _Head(msgspec.Struct, frozen=True, gc=False):
    type: str


class _Fact(msgspec.Struct, frozen=True, gc=False):
    envelope: _Head


class ExportedLog:
    """Implements `Log`, and its only feed, on a service's folder of an export; a fact's number is its line, from 1."""

    name = ""

    def __init__(self, folder: Path, source: str) -> None:
        """Take the export and the service; an `InvalidError` when the service is not in it."""
        self.source = source
        self._file = folder / source / EVENTS
        if not self._file.is_file():
            raise InvalidError(f"{folder} holds no record of {source}.", field="export")
        self._starts = array("Q", [0])
        self._mapper = EventMapper()
        self._head_of = msgspec.json.Decoder(_Fact).decode
        with self._file.open("rb") as lines:
            for line in lines:
                self._starts.append(self._starts[-1] + len(line))

    async def feeds(self) -> Sequence["ExportedLog"]:
        """Return itself."""
        return [self]

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        """Return up to `limit` facts behind a position."""
        until = min(after + limit, len(self._starts) - 1)
        if until <= after:
            return ()
        with self._file.open("rb") as file:
            file.seek(self._starts[after])
            lines = file.read(self._starts[until] - self._starts[after]).splitlines()
        return [self._fact(line, number) for number, line in enumerate(lines, start=after + 1)]

    async def head(self) -> int:
        """Return how many facts there are."""
        return len(self._starts) - 1

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - as the port has it
        """Return at once: nothing comes any more."""

    def _fact(self, state: bytes, number: int) -> Recorded:
        try:
            topic = self._head_of(state).envelope.type
        except msgspec.MsgspecError as error:
            raise CorruptRecordError(f"Line {number} of {self._file} is no fact.") from error
        return self._mapper.read(topic, state, number)
