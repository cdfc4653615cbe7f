"""What cases says of questions that a machine puts to a complainant, and of answers that came back as messages."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.cases import CaseEvent
from shared.events.envelope import Event, Instant, Personal

QuestionKind = Literal["remedy-arrived", "remedy-lasts", "retaliation", "satisfaction", "free"]
Reply = Literal["yes", "no", "said"]


class QuestionAsked(CaseEvent, frozen=True, kw_only=True):
    """The complainant is asked something, and may answer until `expires_at` on the way they wrote on before.

    `text` is the question itself where it is `free`; nobody is sent it: it is read with the receipt of `report_id`.
    """

    TOPIC: ClassVar[str] = "cases.question-asked"
    question_id: UUID
    kind: QuestionKind
    report_id: UUID
    expires_at: Instant
    item_id: UUID | None = None
    text: Personal | None = None


class QuestionAnswered(CaseEvent, frozen=True, kw_only=True):
    """A message of the complainant is the answer. `moved`: what follows from it was put on record with it."""

    TOPIC: ClassVar[str] = "cases.question-answered"
    question_id: UUID
    kind: QuestionKind
    message_id: UUID
    reply: Reply
    text: Personal
    moved: bool


EVENTS: tuple[type[Event], ...] = (QuestionAsked, QuestionAnswered)
