"""Reports that left the house: what was published when, and the very bytes, under their stamp."""

import base64
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from shared.errors import CorruptRecordError, GateClosedError, NotFoundError, TooLargeError
from shared.events.envelope import Recorded
from shared.events.figures import CellsTold, PaperArchived, ReportPublished
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore, Written
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id

LARGEST = 600_000
"""Bytes of a paper as text; a fact fits into a message of the bus."""


class Publish(msgspec.Struct, frozen=True, kw_only=True):
    """Publish the report of a year as it is written now."""

    year: int
    audience: str
    stamp: str
    quarters: tuple[str, ...]
    papers: Mapping[str, bytes]
    reason: str | None = None
    cells: tuple[CellsTold, ...] = ()


class Publication(msgspec.Struct, frozen=True):
    """A published report, and when it was published."""

    report: ReportPublished
    published_at: datetime


class Paper(msgspec.Struct, frozen=True):
    """The bytes of a published report, and their SHA-256 as it was put on record."""

    content: bytes
    sha256: str


class Publishing:
    """Publishes, and hands out what was published."""

    def __init__(self, store: EventStore) -> None:
        """Stand on the record of this service."""
        self.store = store

    async def publish(self, *, context: CommandContext, command: Publish) -> Written:
        """Put a report on record with its bytes; what is published already is not published again.

        A report that differs from the one published before corrects it: that takes a reason.
        """
        stream_id = _stream(context.tenant, command.year, command.audience)
        files = {form: hashlib.sha256(content).hexdigest() for form, content in command.papers.items()}

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            facts = unit.read(stream_id)
            before = [one.report for one in _published(facts)]
            if before and before[-1].stamp == command.stamp:
                return facts[-1:]
            if any(one.stamp == command.stamp for one in before):
                raise GateClosedError(
                    "new-edition",
                    "This very report was published and corrected since.",
                    opens="Publish again once the figures differ from every edition.",
                )
            if before and not (command.reason or "").strip():
                raise GateClosedError(
                    "reason-given",
                    "Another edition of this report is published, and differs.",
                    opens="Say in 'reason' why it is corrected.",
                )
            fact = ReportPublished(
                year=command.year,
                audience=command.audience,
                edition=len(before) + 1,
                stamp=command.stamp,
                quarters=command.quarters,
                files=files,
                reason=command.reason,
                cells=command.cells,
            )
            told = unit.append(stream_id, unit.version(stream_id), [fact], context)
            for form, content in command.papers.items():
                kept = PaperArchived(form=form, sha256=files[form], content=_packed(content))
                unit.append(_paper(context.tenant, command.audience, command.stamp, form), 0, [kept], context)
            return told

        return await self.store.write(context, work)

    async def editions(self, tenant: str, year: int, audience: str) -> Sequence[Publication]:
        """Return what was published of a year for an audience, oldest first."""
        return _published(await self.store.stream(_stream(tenant, year, audience)))

    async def paper(self, tenant: str, audience: str, stamp: str, form: str) -> Paper:
        """Return a published report byte for byte; `NotFoundError` if nothing was published under this stamp."""
        for fact in await self.store.stream(_paper(tenant, audience, stamp, form)):
            if isinstance(fact.event, PaperArchived):
                content = zlib.decompress(base64.b64decode(fact.event.content))
                if hashlib.sha256(content).hexdigest() != fact.event.sha256:
                    raise CorruptRecordError(f"The paper {stamp} is not what was published.")
                return Paper(content, fact.event.sha256)
        raise NotFoundError("Nothing was published under this stamp in this form.")


def _packed(content: bytes) -> str:
    packed = base64.b64encode(zlib.compress(content, 9)).decode()
    if len(packed) > LARGEST:
        raise TooLargeError(f"A report to be published has up to {LARGEST:,} bytes packed, this one {len(packed):,}.")
    return packed


def _published(facts: Sequence[Recorded]) -> Sequence[Publication]:
    return [
        Publication(fact.event, fact.envelope.recorded_at) for fact in facts if isinstance(fact.event, ReportPublished)
    ]


def _stream(tenant: str, year: int, audience: str) -> UUID:
    return derived_id("published-reports", tenant, str(year), audience)


def _paper(tenant: str, audience: str, stamp: str, form: str) -> UUID:
    return derived_id("published-paper", tenant, audience, stamp, form)
