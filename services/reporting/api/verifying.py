"""Checks a stamped report without trusting who made it: its own hash, the definition, the record, and every number."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any, Literal
from uuid import UUID

import msgspec

from services.reporting.api.answers import as_json, result_hash
from services.reporting.views.definitions import Definition
from services.reporting.views.engine import Figures
from services.reporting.views.questions import Question
from shared.bus.port import Feed, Log
from shared.errors import InvalidError
from shared.events.envelope import Recorded
from shared.ledger.roots import SignedRoot
from shared.ledger.shelves import Shelf
from shared.rights import DEFAULT_TENANT

_BATCH = 1000


class Finding(msgspec.Struct, frozen=True):
    """What is not as the stamp says: of which kind, and in words where."""

    kind: Literal["stamp", "definition", "record", "figure"]
    words: str


class Stamped(msgspec.Struct, frozen=True, kw_only=True):
    """A report as JSON, as far as it is checked."""

    report: str
    definition_hash: str
    policy: str
    as_of: datetime
    question: dict[str, Any]
    positions: dict[str, int]
    ledger: dict[str, SignedRoot] = {}
    columns: tuple[str, ...]
    rows: list[dict[str, Any]]
    result_hash: str
    tenant: str = DEFAULT_TENANT

    def asked(self) -> Question:
        """Return the question of the report, as of the moment it was answered."""
        spans = {name: msgspec.convert(self.question.get(name), datetime | None) for name in ("from", "to", "known_at")}
        return Question(
            report=self.report,
            tenant=self.tenant,
            group_by=tuple(self.question.get("group_by", ())),
            only=tuple(self.question.get("only", {}).items()),
            since=spans["from"],
            until=spans["to"],
            as_of=self.as_of,
            known_at=spans["known_at"],
            compare=self.question.get("compare"),
        )


class UpTo:
    """A log, or its only feed, as long as it was then."""

    name = ""

    def __init__(self, feed: Feed, head: int) -> None:
        """Take the feed and its last position."""
        self.source = feed.source
        self._feed = feed
        self._head = head

    async def feeds(self) -> Sequence[Feed]:
        """Return itself."""
        return [self]

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        """Return facts up to the head."""
        return [fact for fact in await self._feed.read(after, limit) if fact.position <= self._head]

    async def head(self) -> int:
        """Return the head, or less where the record ends before it."""
        return min(self._head, await self._feed.head())

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - as the port has it
        """Return at once: nothing comes any more."""


Recompute = Callable[[Mapping[str, Log], datetime], Figures]
"""From logs and the time at which they are asked to the figures over them."""


async def verified(
    text: bytes,
    definitions: Mapping[str, Definition],
    logs: Mapping[str, Log],
    ledgers: Mapping[str, Shelf],
    recompute: Recompute,
) -> Sequence[Finding]:
    """Return everything that is not as the report says; nothing when it can be computed again bit for bit."""
    try:
        document: dict[str, Any] = msgspec.json.decode(text)
        stamped = msgspec.convert(document, Stamped)
    except (msgspec.MsgspecError, ValueError) as error:
        raise InvalidError("This is no stamped report; get one as JSON from /reporting/v1/reports.") from error
    found: list[Finding] = []
    if result_hash(document) != stamped.result_hash:
        found.append(Finding("stamp", "The report was changed after it was stamped: its hash is another."))
    definition = definitions.get(stamped.report)
    if definition is None or definition.sha256 != stamped.definition_hash:
        found.append(Finding("definition", f"The definition of '{stamped.report}' is not the one that was run."))
        if definition is None:
            return found
    then = {source: UpTo((await logs[source].feeds())[0], head) for source, head in _heads(stamped, logs).items()}
    for log in then.values():
        found += [Finding("record", words) async for words in missing(log, stamped.positions.get(log.source, 0))]
    found += [Finding("record", words) for words in rewritten(stamped, ledgers)]
    figures = recompute(then, stamped.as_of)
    again = msgspec.json.decode(as_json(await figures.answer(_asked_of(stamped, definition))))
    if again["policy"] != stamped.policy:
        found.append(Finding("definition", f"Codes are read by the policy {again['policy']}, not {stamped.policy}."))
    found += [Finding("figure", words) for words in differing(stamped, again)]
    return found


def _heads(stamped: Stamped, logs: Mapping[str, Log]) -> Mapping[str, int]:
    odd = sorted(set(stamped.positions) - set(logs))
    if odd:
        raise InvalidError(f"The stamp names places of {', '.join(odd)}, which this record does not have.")
    return {source: stamped.positions.get(source, 0) for source in logs}


def _asked_of(stamped: Stamped, definition: Definition) -> Question:
    asked = stamped.asked()
    return msgspec.structs.replace(
        asked, group_by=tuple(name for name in asked.group_by if name not in definition.always)
    )


async def missing(log: Feed, stamped: int) -> AsyncIterator[str]:
    """Yield what the record lacks up to a stamped place: numbers of the log, versions of streams, its end."""
    position, versions = 0, dict[UUID, int]()
    while batch := await log.read(position, _BATCH):
        for fact in batch:
            head = fact.envelope
            if fact.position != position + 1:
                yield f"{log.source}: nothing is recorded at {_span(position + 1, fact.position - 1)}."
            last = versions.get(head.stream_id, 0)
            if head.stream_version != last + 1:
                yield (
                    f"{log.source}: at {fact.position} the stream {head.stream_id} goes from version {last} to "
                    f"{head.stream_version}."
                )
            versions[head.stream_id], position = head.stream_version, fact.position
    if position < stamped:
        yield f"{log.source}: the record ends at {position}, the report stands on {stamped} facts."


def rewritten(stamped: Stamped, ledgers: Mapping[str, Shelf]) -> Sequence[str]:
    """Name every log whose root is not the one that the report is stamped with."""
    return [
        f"{source}: over {one.size} facts its ledger has another root than the report is stamped with."
        for source, one in stamped.ledger.items()
        if source in ledgers and not one.is_of(ledgers[source])
    ]


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def differing(stamped: Stamped, again: Mapping[str, Any]) -> Sequence[str]:
    """Name every number that comes out otherwise."""
    if list(stamped.columns) != again["columns"]:
        return [f"The columns are {', '.join(again['columns'])}, the report says {', '.join(stamped.columns)}."]
    found = []
    for place, (said, computed) in enumerate(zip_longest(stamped.rows, again["rows"]), 1):
        if said is None or computed is None:
            found.append(f"Row {place} is only in what {'the record gives' if said is None else 'the report says'}.")
            continue
        found += [
            f"Row {place}, {name}: the report says {said.get(name)}, the record {computed.get(name)}."
            for name in stamped.columns
            if said.get(name) != computed.get(name)
        ]
    return found
