"""How far a case is, in the few steps that who complained is told with their receipt: no names, no reasons."""

from collections.abc import Mapping
from typing import Literal

from shared.documents.folding import Projection
from shared.documents.port import Collection, Row
from shared.events import cases as facts
from shared.events.envelope import Event, Recorded

Step = Literal["accepted", "checked", "asked", "answered", "remedy", "done", "closed", "reopened"]


class ProgressRow(Row, kw_only=True, omit_defaults=True):
    """The last step of a case."""

    step: Step = "accepted"


CASE_PROGRESS: Collection[ProgressRow] = Collection("case_progress", 1, ProgressRow)


def progress_projection() -> Projection[ProgressRow]:
    """Return the view that keeps `CASE_PROGRESS` from the facts of cases."""
    return Projection(CASE_PROGRESS, "cases", facts.CASE, fold)


def fold(row: ProgressRow | None, recorded: Recorded) -> ProgressRow:
    """Return the step after a fact."""
    row = row or ProgressRow(id=recorded.envelope.stream_id)
    row.step = _STEPS.get(type(recorded.event), row.step)
    return row


_STEPS: Mapping[type[Event], Step] = {
    facts.CaseTriaged: "checked",
    facts.CaseEscalated: "asked",
    facts.EmployerResponseRecorded: "answered",
    facts.RemedyPlanAgreed: "remedy",
    facts.RemedyItemRefuted: "remedy",
    facts.RemedyItemCompleted: "done",
    facts.CaseClosed: "closed",
    facts.CaseReopened: "reopened",
}
