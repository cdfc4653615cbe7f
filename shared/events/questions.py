"""What cases says of questions that a machine puts to a complainant, and of answers that came back as messages."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.cases import CaseEvent
from shared.events.envelope import Event, Instant, Personal

QuestionKind = Literal["remedy-arrived", "remedy-lasts", "retaliation", "satisfaction", "free"]
Reply = Literal["yes", "no", "said"]
NoAnswer = Literal["unclear", "second", "late", "overtaken"]
RuledKind = Literal["remedy-arrived", "remedy-lasts", "retaliation", "satisfaction"]
"""What a pack may have asked by itself."""
Otherwise = Literal["task", "nothing"]
"""What is done where a message may not ask."""


class QuestionPlanned(CaseEvent, frozen=True, kw_only=True):
    """By the rules of a pack the complainant is to be asked something at `ask_at`; said again, it is put off.

    `counted_from` is the moment that the rule counts from: when the remedy was reported complete, when it is looked at
    again, when a check is due, when the case was closed.
    """

    TOPIC: ClassVar[str] = "cases.question-planned"
    question_id: UUID
    kind: RuledKind
    counted_from: Instant
    ask_at: Instant
    otherwise: Otherwise
    policy: str
    item_id: UUID | None = None


class QuestionWithheld(CaseEvent, frozen=True, kw_only=True):
    """A planned question is not asked. `because`: the gate that is closed, or `overtaken`: nothing is left to ask."""

    TOPIC: ClassVar[str] = "cases.question-withheld"
    question_id: UUID
    kind: RuledKind
    because: str
    item_id: UUID | None = None


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


class ReplyReceived(CaseEvent, frozen=True, kw_only=True):
    """A message came back that decides nothing: a person reads it.

    `because`: it says neither yes nor no, the question was answered before, its time was over, or what it asks about
    has moved on without an answer.
    """

    TOPIC: ClassVar[str] = "cases.reply-received"
    question_id: UUID
    kind: QuestionKind
    message_id: UUID
    because: NoAnswer
    text: Personal


EVENTS: tuple[type[Event], ...] = (
    QuestionPlanned,
    QuestionWithheld,
    QuestionAsked,
    QuestionAnswered,
    ReplyReceived,
)
