"""Time stamps below a ledger, verified: somebody else's word (RFC 3161) that a checkpoint was there at a moment.

With them a history cannot be written afterwards, not even by who holds the key: its checkpoints would be too young.
A ledger keeps them in one file, a line each: the size of the log, and the authority's answer as it came, in base64.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Container, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from shared.auditing.findings import Finding
from shared.auditing.notes import Key, notes_in, read_checkpoint
from shared.auditing.sources import Source
from shared.errors import InvalidError


class Stamp(NamedTuple):
    """What a time stamp shows: that the log had so many facts at a moment."""

    size: int
    at: datetime


class Authorities:
    """Whoever is believed when they say what time it was."""

    def __init__(self, pem: bytes) -> None:
        """Take their certificates, as PEM; an `InvalidError` when there is none."""
        try:
            self._certificates: list[Certificate] = load_pem_x509_certificates(pem)
        except ValueError as error:
            raise InvalidError("This holds no certificates in PEM.", field="certificates") from error

    def stamped_at(self, answer: bytes, text: bytes, nonce: int | None = None) -> datetime:
        """Return the moment that an answer gives to a text; an `InvalidError` when it is none of these authorities'."""
        verifier = VerifierBuilder(roots=[*self._certificates], nonce=nonce).build()
        try:
            read = decode_timestamp_response(answer)
            verifier.verify_message(read, text)
        except (ValueError, VerificationError) as error:
            raise InvalidError(f"The time stamp does not hold. {error}", field="stamp") from error
        return read.tst_info.gen_time


def verify_stamps(source: Source, keys: Sequence[Key], authorities: Authorities) -> tuple[list[Stamp], list[Finding]]:
    """Verify every time stamp of a ledger over the checkpoint that it names; what does not hold is found."""
    given = [*read_stamps(source.stamps())]
    signed = dict(_signed(source, keys, {size for size, _ in given}))
    stamps: list[Stamp] = []
    findings: list[Finding] = []
    for size, answer in given:
        text = signed.get(size)
        if text is None:
            findings.append(Finding(source.service, f"there is a time stamp over {size} facts, and no checkpoint"))
            continue
        try:
            stamps.append(Stamp(size, authorities.stamped_at(answer, text)))
        except InvalidError as error:
            findings.append(Finding(source.service, f"the time stamp over {size} facts: {error.detail}"))
    return stamps, findings


def stamp_line(size: int, answer: bytes) -> str:
    """Return what is kept of a time stamp."""
    return f"{size} {b64encode(answer).decode()}\n"


def read_stamps(text: str) -> Iterator[tuple[int, bytes]]:
    """Yield the sizes and answers of a file of time stamps."""
    for number, line in enumerate(text.splitlines(), start=1):
        size, _, answer = line.partition(" ")
        try:
            yield int(size), b64decode(answer, validate=True)
        except (ValueError, Base64Error) as error:
            raise InvalidError(f"Line {number} of the time stamps is no SIZE and BASE64.", field="stamps") from error


def _signed(source: Source, keys: Sequence[Key], sizes: Container[int]) -> Iterator[tuple[int, bytes]]:
    """Yield the signed texts of these sizes; only of them are signatures verified."""
    for note in notes_in(source.checkpoints()):
        size = read_checkpoint(note, ()).size
        if size in sizes and read_checkpoint(note, keys).by:
            yield size, note.partition("\n\n")[0].encode() + b"\n"
