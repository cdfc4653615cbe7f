"""The index beside a log: small look-ups that decisions need at once, kept in the transaction of the facts."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from shared.events.envelope import Recorded


class IndexEntry(NamedTuple):
    """`kind` and `key` point to `value`; None removes the entry. A pure function of the log, so it can be rebuilt."""

    kind: str
    key: str
    value: str | None


Indexer = Callable[[Recorded], Iterable[IndexEntry]]


def no_index(_recorded: Recorded) -> Iterable[IndexEntry]:
    """Index nothing."""
    return ()
