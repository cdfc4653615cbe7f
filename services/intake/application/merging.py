"""Two reports that tell the same are merged, and split again when they do not."""

from collections.abc import Callable, Sequence
from uuid import UUID

from msgspec.structs import replace

from services.intake import domain
from services.intake.domain import Report
from shared.errors import GateClosedError
from shared.events.envelope import Event, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.decider import Decider
from shared.eventstore.store import EventStore, Written
from shared.eventstore.work import UnitOfWork


class Merging:
    """Both streams change in one transaction, so that neither says what the other does not know."""

    def __init__(self, store: EventStore, reports: Decider[Report]) -> None:
        """Take the record and the way in which reports are changed."""
        self._store = store
        self._reports = reports

    async def merge(
        self, *, report_id: UUID, into: UUID, context: CommandContext, admit: Callable[[Report], None]
    ) -> Written:
        """Let another report speak for this one, too."""
        known: list[Report] = []

        def decide(report: Report) -> Sequence[Event]:
            known[:] = [report]
            return domain.merge(report, into)

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            told = self._reports.change(unit, report_id, context, decide, admit)
            self._reports.change(unit, into, _other(context), lambda other: domain.join(other, known[0]), admit)
            return told

        return await self._store.write(context, work)

    async def split(self, *, report_id: UUID, context: CommandContext, admit: Callable[[Report], None]) -> Written:
        """Let a merged report stand for itself again."""
        known: list[UUID] = []

        def decide(report: Report) -> Sequence[Event]:
            if report.merged_into is None:
                raise GateClosedError("report-merged", "The report is not merged.", opens="Only a merging is undone.")
            known[:] = [report.merged_into]
            return domain.split(report)

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            told = self._reports.change(unit, report_id, context, decide, admit)
            self._reports.change(unit, known[0], _other(context), lambda other: domain.part(other, report_id), admit)
            return told

        return await self._store.write(context, work)


def _other(context: CommandContext) -> CommandContext:
    return replace(context, expected_version=None, subject=None)
