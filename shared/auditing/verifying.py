"""Verifies a record against its ledger, from nothing but what is handed out and a public key.

Every fact is hashed again, in its order; every stream counts 1, 2, 3, ...; every checkpoint that was ever signed, and
any older one that the auditor kept, must be the root of just so many facts. What does not hold is named by its index.
"""

from collections.abc import Callable, Mapping, Sequence

from shared.auditing.findings import Finding, Verified
from shared.auditing.folding import Edge
from shared.auditing.hashing import Facts
from shared.auditing.notes import Key, Signed, notes_in, read_checkpoint
from shared.auditing.sources import Source
from shared.auditing.tiled import service_of

_EVERY = 20_480
"""Facts between two words on progress."""


def verify(
    source: Source,
    keys: Sequence[Key],
    older: Sequence[str] = (),
    progress: Callable[[int], None] = lambda _done: None,
) -> Verified:
    """Verify one service's record; `older` are checkpoints that the auditor kept, as they were written."""
    findings: list[Finding] = []
    expected = _expected(source, keys, older, findings)
    facts = Facts(source, findings)
    seen = _Seen(source.service, findings, expected, facts)
    edge = Edge()
    for lines in source.lines():
        hashes = facts.hashed(edge.size, lines)
        seen.grown(edge, hashes)
        if len(hashes) < len(lines):
            break
        if edge.size % _EVERY == 0:
            progress(_EVERY)
    progress(edge.size % _EVERY)
    seen.ended(edge)
    return Verified(
        source.service,
        edge.size,
        len(expected),
        facts.redacted,
        facts.masked,
        facts.enveloped,
        edge.root(),
        tuple(findings),
    )


class _Seen:
    """What is found on the way through the facts."""

    def __init__(self, service: str, findings: list[Finding], expected: Mapping[int, set[bytes]], facts: Facts) -> None:
        self._service = service
        self._findings = findings
        self._expected = expected
        self._facts = facts
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
            self._reached(edge)
        edge.extend(hashes[done:])

    def _reached(self, edge: Edge) -> None:
        roots = self._expected.get(edge.size)
        if roots and not self._wrong and roots != {edge.root()}:
            self._wrong = True
            before = max((size for size in self._expected if size < edge.size), default=0)
            said = (
                f"the checkpoint over {edge.size} facts does not hold: something in {before} to {edge.size - 1} differs"
            )
            self._findings.append(Finding(self._service, said, None if self._facts.differs else before))

    def ended(self, edge: Edge) -> None:
        """Compare how many facts were signed with how many there are."""
        newest = max(self._expected, default=0)
        if newest > edge.size:
            said = f"{newest} facts were signed, and {edge.size} are here: facts are missing"
            self._findings.append(Finding(self._service, said, edge.size))
        elif newest < edge.size:
            said = f"only {newest} of {edge.size} facts are signed over; export again after a second"
            self._findings.append(Finding(self._service, said, newest))


def _expected(
    source: Source, keys: Sequence[Key], older: Sequence[str], findings: list[Finding]
) -> Mapping[int, set[bytes]]:
    """Return the roots that must be found by size; what is wrong with the checkpoints themselves is noted."""
    expected: dict[int, set[bytes]] = {}
    service, last = source.service, 0
    for note in notes_in(source.checkpoints()):
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
    if service_of(signed.origin) != service:
        return None
    if not signed.by:
        findings.append(Finding(service, f"the checkpoint over {signed.size} facts is not signed by the key"))
        return None
    return signed
