"""Hashes the lines of a record again: a fact's bytes, its leaf, or a hash that stands for one that is not shown."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from shared.auditing.findings import Finding
from shared.auditing.sources import TILE, Source
from shared.ledger.tree import leaf_hash

_HASH = 32
_FIRST, _END = b'{"envelope":', b',"data":'
_BEGIN = len(_FIRST)
_LEAST = 400
"""Bytes that stand before the end of any envelope: ids, times and names of members alone take more."""


class Head(msgspec.Struct, frozen=True, gc=False):
    """Where a fact stands: its stream, and its version there."""

    stream_id: str
    stream_version: int


class _Line(msgspec.Struct, frozen=True, gc=False):
    envelope: msgspec.Raw = msgspec.Raw()
    data: msgspec.Raw = msgspec.Raw()
    sha256: str | None = None
    leaf_hash: str | None = None


Hashed = tuple[list[bytes], list[Head | None]]
"""The hashes of leaves, and where their facts stand; None for those that are not shown."""


class Facts:
    """Hashes facts again, and counts the versions of every stream."""

    def __init__(self, source: Source, findings: list[Finding]) -> None:
        """Take where the record is, and where to note what does not hold."""
        self._source = source
        self._findings = findings
        self._redactions = source.redactions()
        self._streams: dict[str, int] = {}
        self.differs = False
        """Whether a fact was found whose hash is not the published one."""
        self.redacted = 0
        self.masked = 0
        self.enveloped = 0

    def hashed(self, begin: int, lines: Sequence[bytes]) -> Sequence[bytes]:
        """Return the hashes of the leaves of a tile; fewer when one of its lines is no fact."""
        published = self._source.tile(begin // TILE)
        found = _quickly(lines)
        if found is None or b"".join(found[0]) != published:
            found = self._carefully(begin, lines)
            self._compare(begin, found[0], published)
        hashes, heads = found
        streams = self._streams
        for index, head in enumerate(heads, start=begin):
            if head is None:
                continue
            stream, version = head.stream_id, head.stream_version
            last = streams.get(stream, 0)
            if version != last + 1:
                self._note(f"stream {stream} jumps from version {last} to {version}", index)
            streams[stream] = version
        return hashes

    def _carefully(self, begin: int, lines: Sequence[bytes]) -> Hashed:
        """Take lines apart as JSON, and mind what is masked and what courts had taken out."""
        hashes: list[bytes] = []
        heads: list[Head | None] = []
        for index, text in enumerate(lines, start=begin):
            try:
                hash_, head = self._of_line(text)
            except (msgspec.MsgspecError, ValueError):
                self._note("this is no fact", index)
                break
            hashes.append(hash_)
            heads.append(head)
        return hashes, heads

    def _of_line(self, text: bytes) -> tuple[bytes, Head | None]:
        line = _line(text)
        envelope = bytes(line.envelope)
        if not envelope and line.leaf_hash is not None:
            self.masked += 1
            return _exactly(line.leaf_hash), None
        head = _head(envelope)
        digest = self._redactions.get((head.stream_id, head.stream_version))
        self.redacted += digest is not None
        if line.sha256 is not None and not bytes(line.data):
            self.enveloped += 1
            digest = _exactly(line.sha256).hex()
        digest = digest or sha256(text).hexdigest()
        return leaf_hash(b'{"envelope":' + envelope + b',"sha256":"' + digest.encode() + b'"}'), head

    def _compare(self, begin: int, hashes: Sequence[bytes], published: bytes) -> None:
        """Note the first fact of all whose hash is not the published one."""
        for place, hash_ in enumerate(hashes):
            there = published[place * _HASH : (place + 1) * _HASH]
            if there and there != hash_ and not self.differs:
                self.differs = True
                self._note("the fact is not the one whose hash was published", begin + place)

    def _note(self, what: str, at: int) -> None:
        self._findings.append(Finding(self._source.service, what, at))


def _quickly(lines: Sequence[bytes]) -> Hashed | None:
    """Return hashes and heads of facts that are laid out as ours are; None when one is not.

    A wrong guess where an envelope ends makes another hash than the published one, and then all is done carefully.
    Every line of this is run for every fact, so each step is one pass over a tile.
    """
    begin, least, end, first, joined = _BEGIN, _LEAST, _END, _FIRST, b"".join
    before, between, behind = b"\x00" + _FIRST, b',"sha256":"', b'"}'
    envelopes = [line[begin : line.find(end, least)] for line in lines if line.startswith(first)]
    if len(envelopes) != len(lines):
        return None
    try:
        heads: list[Head | None] = [_head(envelope) for envelope in envelopes]
    except msgspec.MsgspecError:
        return None
    hashes = [
        sha256(joined((before, envelope, between, sha256(line).hexdigest().encode(), behind))).digest()
        for envelope, line in zip(envelopes, lines, strict=True)
    ]
    return hashes, heads


def _exactly(text: str) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != _HASH:
        raise ValueError(text)
    return found


_line = msgspec.json.Decoder(_Line).decode
_head = msgspec.json.Decoder(Head).decode
