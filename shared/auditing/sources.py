"""Where an auditor reads a record: a folder that was exported, or (`shared/auditing/remote.py`) an address."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

from shared.errors import InvalidError

EVENTS, REDACTIONS = "events.jsonl", "redactions.jsonl"
CHECKPOINTS, STAMPS = "ledger/checkpoints", "ledger/stamps"
TILE = 256
"""Leaves whose hashes a full tile holds (C2SP tlog-tiles)."""
_BUFFER = 1 << 16


class Source(Protocol):
    """One service's record and its ledger, as somebody hands them out. Nothing in it is believed."""

    service: str

    def checkpoints(self) -> str:
        """Return every checkpoint that is said to have been signed, one behind the other."""
        ...

    def tile(self, number: int) -> bytes:
        """Return the hashes of a tile's leaves as the log published them; nothing when it has none."""
        ...

    def lines(self) -> Iterator[Sequence[bytes]]:
        """Yield the record, a tile at a time. A line is a fact's bytes, its leaf, or its leaf's hash alone."""
        ...

    def stamps(self) -> str:
        """Return the time stamps that are said to have been given, a line each; nothing when there are none."""
        ...

    def redactions(self) -> Mapping[tuple[str, int], str]:
        """Return the hashes of bytes that were replaced since, by stream and version."""
        ...


class FolderSource:
    """Implements `Source` on what `redress ledger export` wrote for a service."""

    def __init__(self, folder: Path, service: str) -> None:
        """Take the export and which of its services."""
        self.service = service
        self._home = folder / service

    def checkpoints(self) -> str:
        """Read the ledger's file of checkpoints."""
        file = self._home / CHECKPOINTS
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def tile(self, number: int) -> bytes:
        """Read a full tile, or the widest partial one."""
        whole = self._home / "ledger" / tile_path(number)
        try:
            return whole.read_bytes()
        except FileNotFoundError:
            partial = sorted(whole.with_name(whole.name + ".p").glob("*"), key=lambda file: int(file.name))
            return partial[-1].read_bytes() if partial else b""

    def lines(self) -> Iterator[Sequence[bytes]]:
        """Read line by line: the memory of one tile is used again for the next."""
        with (self._home / EVENTS).open("rb", buffering=_BUFFER) as file:
            while found := [line.rstrip(b"\n") for line in islice(file, TILE)]:
                yield found

    def stamps(self) -> str:
        """Read the ledger's file of time stamps."""
        file = self._home / STAMPS
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def redactions(self) -> Mapping[tuple[str, int], str]:
        """Read what courts had taken out."""
        file = self._home / REDACTIONS
        if not file.exists():
            return {}
        rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
        return {(row["stream_id"], row["stream_version"]): row["sha256"] for row in rows}


def services_in(folder: Path) -> Sequence[str]:
    """Return the services that an export holds; an `InvalidError` when it holds none."""
    found = sorted(file.parent.name for file in folder.glob(f"*/{EVENTS}"))
    if not found:
        raise InvalidError(f"There is no exported record in {folder}.", field="folder")
    return found


def tile_path(number: int, level: str = "0") -> str:
    """Return the name of a tile of leaves, or of a bundle of `entries` (C2SP tlog-tiles: groups of three digits)."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}"
