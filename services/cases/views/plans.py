"""Planned questions as rows, found by when they are to be asked."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.cases.views.due import DueRow, due_in
from services.cases.views.rows import NEVER
from shared.documents.port import Collection, Documents
from shared.events.envelope import Instant, Recorded
from shared.events.questions import QuestionAsked, QuestionPlanned, QuestionWithheld


class PlanRow(DueRow, kw_only=True, omit_defaults=True):
    """A question, by its own id; `ask_at` is `NEVER` once it was asked or withheld."""

    ask_at: Instant = NEVER


PLANS: Collection[PlanRow] = Collection("question_plans", 1, PlanRow, columns=("ask_at",), across=("ask_at",))


def is_of_plan(recorded: Recorded) -> bool:
    """Whether a fact plans a question, or carries a plan out."""
    return isinstance(recorded.event, (QuestionPlanned, QuestionWithheld, QuestionAsked))


@dataclass(frozen=True, slots=True)
class PlanRows:
    """Finds planned questions by their time, of all tenants."""

    documents: Documents

    def due(self, now: datetime) -> AsyncIterator[Sequence[UUID]]:
        """Yield the cases of the questions whose time has come, the oldest first; one may come twice."""
        return due_in(self.documents, PLANS, "ask_at", now)
