"""What an auditor finds: what does not hold, and from which fact on."""

from typing import NamedTuple


class Finding(NamedTuple):
    """What does not hold, and from which fact on (its index in the log, from 0); None where no fact is to blame."""

    service: str
    what: str
    at: int | None = None


class Verified(NamedTuple):
    """What was looked at in one service's record, and what was found.

    `masked`: facts of which nothing but the hash was shown. `enveloped`: facts of which the envelope was shown, and of
    what was said only the hash.
    """

    service: str
    facts: int
    checkpoints: int
    redacted: int
    masked: int
    enveloped: int
    root: bytes
    findings: tuple[Finding, ...]
