"""Verifies an exported record against its ledger, from nothing but the folder and a public key.

Every fact is hashed again, in its order; every stream counts 1, 2, 3, ...; every checkpoint that was ever signed, and
any older one that the auditor kept, must be the root of just so many facts. What does not hold is named by its index.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
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
_FIRST, _END = b'{"envelope":', b',"data":'
_BEGIN = len(_FIRST)
_EVERY = 20_480
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
    tiles = _Tiles(home / "ledger", service, findings)
    seen = _Seen(service, findings, expected, tiles)
    facts = _Facts(service, findings, _redactions(home / REDACTIONS), tiles)
    edge = Edge()
    with (home / EVENTS).open("rb") as lines:
        while states := [line.rstrip(b"\n") for line in islice(lines, _TILE)]:
            hashes = facts.hashed(edge.size, states)
            seen.grown(edge, hashes)
            if len(hashes) < len(states):
                break
            if edge.size % _EVERY == 0:
                progress(_EVERY)
    progress(edge.size % _EVERY)
    seen.ended(edge)
    return Verified(service, edge.size, len(expected), facts.redacted, edge.root(), tuple(findings))


class _Facts:
    """Hashes facts again, and counts the versions of every stream."""

    def __init__(
        self, service: str, findings: list[Finding], redactions: Mapping[tuple[str, int], str], tiles: "_Tiles"
    ) -> None:
        self._service = service
        self._findings = findings
        self._redactions = redactions
        self._tiles = tiles
        self._streams: dict[str, int] = {}
        self.redacted = 0

    def hashed(self, begin: int, states: Sequence[bytes]) -> Sequence[bytes]:
        """Return the hashes of the leaves of a tile's facts; fewer when one of them is no fact."""
        published = self._tiles.read(begin // _TILE)
        found = _quickly(states)
        if found is None or b"".join(found[0]) != published:
            found = self._carefully(begin, states)
            self._tiles.compare(begin, found[0], published)
        hashes, heads = found
        streams = self._streams
        for index, head in enumerate(heads, start=begin):
            stream, version = head.stream_id, head.stream_version
            last = streams.get(stream, 0)
            if version != last + 1:
                said = f"stream {stream} jumps from version {last} to {version}"
                self._findings.append(Finding(self._service, said, index))
            streams[stream] = version
        return hashes

    def _carefully(self, begin: int, states: Sequence[bytes]) -> "_Hashed":
        """Take facts apart as JSON, and mind what courts had taken out of them."""
        hashes: list[bytes] = []
        heads: list[_Head] = []
        for index, state in enumerate(states, start=begin):
            try:
                envelope = bytes(_fact(state).envelope)
                head = _head(envelope)
            except msgspec.MsgspecError:
                self._findings.append(Finding(self._service, "this is no fact", index))
                break
            digest = self._redactions.get((head.stream_id, head.stream_version))
            self.redacted += digest is not None
            digest = digest or sha256(state).hexdigest()
            hashes.append(leaf_hash(b'{"envelope":' + envelope + b',"sha256":"' + digest.encode() + b'"}'))
            heads.append(head)
        return hashes, heads


_Hashed = tuple[list[bytes], list["_Head"]]


def _quickly(states: Sequence[bytes]) -> "_Hashed | None":
    """Return hashes and heads of facts that are laid out as ours are; None when one is not.

    A wrong guess where an envelope ends makes another hash than the published one, and then all is done carefully.
    """
    hashes: list[bytes] = []
    heads: list[_Head] = []
    head, hashing = _head, sha256  # looked up once, not for every fact
    try:
        for state in states:
            envelope = state[_BEGIN : state.find(_END, _BEGIN)]
            heads.append(head(envelope))
            digest = hashing(state).hexdigest().encode()
            hashes.append(hashing(b'\x00{"envelope":%b,"sha256":"%b"}' % (envelope, digest)).digest())
    except msgspec.MsgspecError:
        return None
    return (hashes, heads) if [state[:_BEGIN] for state in states].count(_FIRST) == len(states) else None


class _Tiles:
    """The hashes of leaves as the log published them: they tell which fact is the first that is not what it was."""

    def __init__(self, home: Path, service: str, findings: list[Finding]) -> None:
        self._home = home
        self._service = service
        self._findings = findings
        self.differs = False

    def compare(self, begin: int, hashes: Sequence[bytes], published: bytes) -> None:
        """Note the first fact of all whose hash is not the published one."""
        for place, hash_ in enumerate(hashes):
            there = published[place * _HASH : (place + 1) * _HASH]
            if there and there != hash_ and not self.differs:
                self.differs = True
                said = "the fact is not the one whose hash was published"
                self._findings.append(Finding(self._service, said, begin + place))

    def read(self, number: int) -> bytes:
        """Return what a tile has; nothing when it is not there."""
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
        self._sizes = sorted(size for size in expected if size)
        self._next = 0

    def grown(self, edge: Edge, hashes: Sequence[bytes]) -> None:
        """Let the log grow by these leaves, and stop where a checkpoint was signed."""
        begin, done = edge.size, 0
        while self._next < len(self._sizes) and self._sizes[self._next] <= begin + len(hashes):
            until = self._sizes[self._next] - begin
            edge.extend(hashes[done:until])
            done = until
            self._next += 1
            self.reached(edge)
        edge.extend(hashes[done:])

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
