"""Verifies an exported record against its ledger, from nothing but the folder and a public key.

Every fact is hashed again, in its order; every stream counts 1, 2, 3, ...; every checkpoint that was ever signed, and
any older one that the auditor kept, must be the root of just so many facts. What does not hold is named by its index.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from shared.auditing.folding import Edge
from shared.auditing.notes import Key, Signed, read_checkpoint
from shared.errors import InvalidError
from shared.ledger.tree import leaf_hash

EVENTS, REDACTIONS, CHECKPOINTS = "events.jsonl", "redactions.jsonl", "ledger/checkpoints"
_TILE = 256
_HASH = 32
_EVERY = 20_000
"""Facts between two words on progress."""


class _Head(msgspec.Struct, frozen=True, gc=False):
    stream_id: str
    stream_version: int


class _Fact(msgspec.Struct, frozen=True, gc=False):
    envelope: msgspec.Raw


class Finding(NamedTuple):
    """What does not hold, and from which fact on (its index in the log, from 0); None where no fact is to blame."""

    service: str
    what: str
    at: int | None = None


class Verified(NamedTuple):
    """What was looked at in one service's export, and what was found."""

    service: str
    facts: int
    checkpoints: int
    redacted: int
    root: bytes
    findings: tuple[Finding, ...]


def services_in(folder: Path) -> Sequence[str]:
    """Return the services that an export holds; an `InvalidError` when it holds none."""
    found = sorted(file.parent.name for file in folder.glob(f"*/{EVENTS}"))
    if not found:
        raise InvalidError(f"There is no exported record in {folder}.", field="folder")
    return found


def verify(
    folder: Path,
    service: str,
    keys: Sequence[Key],
    older: Sequence[str] = (),
    progress: Callable[[int], None] = lambda _done: None,
) -> Verified:
    """Verify one service's export; `older` are checkpoints that the auditor kept, as they were written."""
    home = folder / service
    findings: list[Finding] = []
    expected = _expected(home, service, keys, older, findings)
    seen = _Seen(service, findings, expected, _Tiles(home / "ledger", service, findings))
    facts = _Facts(service, findings, _redactions(home / REDACTIONS))
    edge = Edge()
    with (home / EVENTS).open("rb") as lines:
        for index, line in enumerate(lines):
            hash_ = facts.hashed(index, line.rstrip(b"\n"))
            if hash_ is None:
                break
            seen.leaf(index, hash_)
            edge.add(hash_)
            if edge.size in expected:
                seen.reached(edge)
            if edge.size % _EVERY == 0:
                progress(_EVERY)
    progress(edge.size % _EVERY)
    seen.ended(edge)
    return Verified(service, edge.size, len(expected), facts.redacted, edge.root(), tuple(findings))


class _Facts:
    """Hashes facts again, and counts the versions of every stream."""

    def __init__(self, service: str, findings: list[Finding], redactions: Mapping[tuple[str, int], str]) -> None:
        self._service = service
        self._findings = findings
        self._redactions = redactions
        self._streams: dict[str, int] = {}
        self.redacted = 0

    def hashed(self, index: int, state: bytes) -> bytes | None:
        """Return the leaf's hash of stored bytes; None when they are no fact."""
        try:
            envelope = bytes(_fact(state).envelope)
            head = _head(envelope)
        except msgspec.MsgspecError:
            self._findings.append(Finding(self._service, "this is no fact", index))
            return None
        stream, version = head.stream_id, head.stream_version
        last = self._streams.get(stream, 0)
        if version != last + 1:
            said = f"stream {stream} jumps from version {last} to {version}"
            self._findings.append(Finding(self._service, said, index))
        self._streams[stream] = version
        digest = self._redactions.get((stream, version)) if self._redactions else None
        if digest is None:
            digest = sha256(state).hexdigest()
        else:
            self.redacted += 1
        return leaf_hash(b'{"envelope":' + envelope + b',"sha256":"' + digest.encode() + b'"}')


class _Tiles:
    """The hashes of leaves as the log published them: they tell which fact is the first that is not what it was."""

    def __init__(self, home: Path, service: str, findings: list[Finding]) -> None:
        self._home = home
        self._service = service
        self._findings = findings
        self._tile: tuple[int, bytes] = (-1, b"")
        self.differs = False

    def compare(self, index: int, hash_: bytes) -> None:
        number, place = divmod(index, _TILE)
        if number != self._tile[0]:
            self._tile = number, self._read(number)
        published = self._tile[1][place * _HASH : (place + 1) * _HASH]
        if published and published != hash_ and not self.differs:
            self.differs = True
            self._findings.append(Finding(self._service, "the fact is not the one whose hash was published", index))

    def _read(self, number: int) -> bytes:
        groups = [f"{number % 1000:03}"]
        while number := number // 1000:
            groups.insert(0, f"x{number % 1000:03}")
        whole = self._home / "tile" / "0" / "/".join(groups)
        if whole.is_file():
            return whole.read_bytes()
        partial = sorted(whole.with_name(whole.name + ".p").glob("*"), key=lambda file: int(file.name))
        return partial[-1].read_bytes() if partial else b""


class _Seen:
    """What is found on the way through the facts."""

    def __init__(
        self, service: str, findings: list[Finding], expected: Mapping[int, set[bytes]], tiles: _Tiles
    ) -> None:
        self._service = service
        self._findings = findings
        self._expected = expected
        self._tiles = tiles
        self._wrong = False

    def leaf(self, index: int, hash_: bytes) -> None:
        if not self._tiles.differs:
            self._tiles.compare(index, hash_)

    def reached(self, edge: Edge) -> None:
        roots = self._expected.get(edge.size)
        if roots and not self._wrong and roots != {edge.root()}:
            self._wrong = True
            before = max((size for size in self._expected if size < edge.size), default=0)
            said = (
                f"the checkpoint over {edge.size} facts does not hold: something in {before} to {edge.size - 1} differs"
            )
            self._findings.append(Finding(self._service, said, None if self._tiles.differs else before))

    def ended(self, edge: Edge) -> None:
        newest = max(self._expected, default=0)
        if newest > edge.size:
            said = f"{newest} facts were signed, and the export has {edge.size}: facts are missing"
            self._findings.append(Finding(self._service, said, edge.size))
        elif newest < edge.size:
            said = f"only {newest} of {edge.size} facts are signed over; export again after a second"
            self._findings.append(Finding(self._service, said, newest))


def _expected(
    home: Path, service: str, keys: Sequence[Key], older: Sequence[str], findings: list[Finding]
) -> Mapping[int, set[bytes]]:
    """Return the roots that must be found by size; what is wrong with the checkpoints themselves is noted."""
    expected: dict[int, set[bytes]] = {}
    last = 0
    file = home / CHECKPOINTS
    for note in _notes(file.read_text(encoding="utf-8")) if file.exists() else ():
        signed = _read(note, keys, service, findings)
        if signed is None:
            continue
        if signed.size < last:
            findings.append(Finding(service, f"the log shrank from {last} to {signed.size} facts", signed.size))
        last = signed.size
        expected.setdefault(signed.size, set()).add(signed.root)
    for note in older:
        signed = _read(note, keys, service, findings)
        if signed is not None:
            expected.setdefault(signed.size, set()).add(signed.root)
    if not expected:
        findings.append(Finding(service, "there is no checkpoint that the key has signed"))
    for size, roots in expected.items():
        if len(roots) > 1:
            findings.append(Finding(service, f"two different logs of {size} facts were signed: a fork", size))
    return expected


def _read(note: str, keys: Sequence[Key], service: str, findings: list[Finding]) -> Signed | None:
    signed = read_checkpoint(note, keys)
    if signed.origin.rpartition("/")[2].partition("-")[0] != service:
        return None
    if not signed.by:
        findings.append(Finding(service, f"the checkpoint over {signed.size} facts is not signed by the key"))
        return None
    return signed


def _notes(text: str) -> Iterator[str]:
    """Split what was written one behind the other: a note ends with an empty line, and has one within."""
    parts = [part for part in text.split("\n\n") if part.strip()]
    yield from (f"{text}\n\n{below}\n" for text, below in zip(parts[::2], parts[1::2], strict=False))


def _redactions(file: Path) -> Mapping[tuple[str, int], str]:
    if not file.exists():
        return {}
    rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
    return {(row["stream_id"], row["stream_version"]): row["sha256"] for row in rows}


_fact = msgspec.json.Decoder(_Fact).decode
_head = msgspec.json.Decoder(_Head).decode
